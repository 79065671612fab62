package io.omnipaxos.spring.routing;

import io.omnipaxos.spring.transport.OriginalRequest;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.jspecify.annotations.Nullable;

/** The body of a request, sent on as it comes: what has arrived does not wait for more. */
final class ForwardedBody extends AbstractHttpEntity {

    static final int BUFFER = 16 * 1024;

    private final InputStream client;
    private final long length;
    private final Forwarding forwarding;

    private ForwardedBody(InputStream client, long length, Forwarding forwarding) {
        super((ContentType) null, null, length < 0);
        this.client = client;
        this.length = length;
        this.forwarding = forwarding;
    }

    /** Null if the request has none. */
    static @Nullable ForwardedBody of(HttpServletRequest request, Forwarding forwarding) throws IOException {
        long length = request.getContentLengthLong();
        if (length > 0 || (length < 0 && isOfUnknownLength(request))) {
            return new ForwardedBody(request.getInputStream(), length, forwarding);
        }
        return null;
    }

    /** HTTP/2 says nothing of a body beforehand, only that there was none; a filter that changes one hides its length. */
    private static boolean isOfUnknownLength(HttpServletRequest request) throws IOException {
        if (request.getHeader("Transfer-Encoding") != null
                || OriginalRequest.of(request).getContentLengthLong() > 0) {
            return true;
        }
        ServletInputStream body = request.getProtocol().startsWith("HTTP/2") ? request.getInputStream() : null;
        return body != null && !body.isFinished();
    }

    /** The client ended its request early, or too slowly; the leader is not to blame. */
    static final class FromClientException extends IOException {

        private static final long serialVersionUID = 1L;

        FromClientException(IOException cause) {
            super("the body of the request broke off", cause);
        }
    }

    /** A filter of this node has consumed or changed the body; neither the client nor the leader is to blame. */
    static final class OtherLengthException extends IOException {

        private static final long serialVersionUID = 1L;

        OtherLengthException(long announced, String left) {
            super("a filter of this node has left " + left + " of a body with Content-Length: " + announced);
        }
    }

    /**
     * A connection on which fewer bytes than announced were sent takes the missing ones from the next request, so any other
     * number is an error, which closes it. Of too many, the last that were announced are kept back: the leader must not take
     * a part for the whole.
     */
    @Override
    public void writeTo(OutputStream leader) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long sent = 0;
        for (int read = read(buffer); read >= 0; read = read(buffer)) {
            sent += read;
            if (length >= 0 && (sent > length || (sent == length && read(new byte[1]) >= 0))) {
                throw new OtherLengthException(length, "more than " + length + " bytes");
            }
            leader.write(buffer, 0, read);
            leader.flush();
        }
        if (sent < length) {
            throw new OtherLengthException(length, sent + " bytes");
        }
    }

    private int read(byte[] buffer) throws IOException {
        forwarding.stopWaiting();
        try {
            return client.read(buffer);
        } catch (IOException broken) {
            throw new FromClientException(broken);
        } finally {
            forwarding.awaitLeader();
        }
    }

    @Override
    public long getContentLength() {
        return length;
    }

    @Override
    public InputStream getContent() {
        return client;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    /** The body is the web server's. */
    @Override
    public void close() {}
}
