package io.omnipaxos.spring.routing;

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

    /** HTTP/2 says nothing of a body beforehand, only that there was none. */
    private static boolean isOfUnknownLength(HttpServletRequest request) throws IOException {
        if (request.getHeader("Transfer-Encoding") != null) {
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

    @Override
    public void writeTo(OutputStream leader) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = read(buffer); read >= 0; read = read(buffer)) {
            leader.write(buffer, 0, read);
            leader.flush();
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
