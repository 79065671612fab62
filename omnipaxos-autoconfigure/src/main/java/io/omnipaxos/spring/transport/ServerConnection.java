package io.omnipaxos.spring.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of the {@link PeerServer}. Served by one thread; closed by any. */
final class ServerConnection implements HttpServerRequestHandler {

    private static final Logger logger = LoggerFactory.getLogger(ServerConnection.class);

    /** Peers send a dozen short headers; a stranger shall not make this node keep much more. */
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(48)
            .setMaxLineLength(2 * 1024)
            .build();

    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int LINGER_FACTOR = 16;

    private final PeerEndpoint endpoint;
    private final Duration idle;
    private final Socket socket;
    private final PeerTls.@Nullable Material tls;
    private final InetAddress remote;
    private final DefaultBHttpServerConnection http;
    private volatile long lastCompleted = System.nanoTime();
    private volatile boolean proven;

    /**
     * Takes an accepted connection over; nothing is read from it yet.
     *
     * @param tls null for plain HTTP
     */
    ServerConnection(PeerEndpoint endpoint, Socket socket, Duration idle, PeerTls.@Nullable Material tls) {
        this.endpoint = endpoint;
        this.idle = idle;
        this.socket = socket;
        this.tls = tls;
        this.remote = socket.getInetAddress();
        this.http = new DefaultBHttpServerConnection(tls == null ? "http" : "https", LIMITS);
    }

    /** What its handshake was made with. */
    PeerTls.@Nullable Material tls() {
        return tls;
    }

    /** When the last request was answered in full, or the connection was made, as {@link System#nanoTime()}. */
    long lastCompleted() {
        return lastCompleted;
    }

    /** Whether a request was good, so that the other end is a peer. */
    boolean isProven() {
        return proven;
    }

    /** The socket first: to close TLS in order would wait for an end that reads nothing. */
    void close() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyGone) {
            logger.trace("A connection of {} was closed already", remote, alreadyGone);
        }
        http.close(CloseMode.IMMEDIATE);
    }

    /** Serves requests until either end closes. */
    void run() {
        HttpService service = new PeerHttpService(this);
        HttpCoreContext context = HttpCoreContext.create();
        try {
            bind();
            while (http.isOpen()) {
                http.setSocketTimeout(Timeout.of(idle));
                service.handleRequest(http, context);
                lastCompleted = System.nanoTime();
            }
        } catch (IOException | HttpException ended) {
            logger.trace("A connection of {} ended", remote, ended);
        } catch (RuntimeException unexpected) {
            logger.warn("A connection of {} ended: {}", remote, unexpected.toString());
        }
    }

    private void bind() throws IOException {
        socket.setTcpNoDelay(true);
        if (tls == null) {
            http.bind(socket);
        } else if (endpoint.refusals().mayConnect(remote)) {
            http.bind(handshake(tls));
        } else {
            throw new SSLException("too many connections from this address were refused");
        }
    }

    private SSLSocket handshake(PeerTls.Material material) throws IOException {
        long millis = endpoint.settings().requestTimeout().toMillis();
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, millis));
        try {
            SSLSocket secured = PeerTls.accepted(material, socket);
            secured.startHandshake();
            return secured;
        } catch (IOException failed) {
            endpoint.refusals().count(remote, "TLS failed (" + failed.getMessage() + ")");
            throw failed;
        }
    }

    @Override
    public void handle(ClassicHttpRequest request, ResponseTrigger trigger, HttpContext context)
            throws HttpException, IOException {
        http.setSocketTimeout(Timeout.of(endpoint.settings().requestTimeout()));
        PeerAnswer answer = answer(request);
        ClassicHttpResponse response = new BasicClassicHttpResponse(answer.status());
        String contentType = answer.headers().get("Content-Type");
        answer.headers().forEach((name, value) -> {
            if (!name.equals("Content-Type")) {
                response.setHeader(name, value);
            }
        });
        response.setEntity(new ByteArrayEntity(answer.body(), ContentType.parse(contentType)));
        if (!answer.bodyWasRead() && request.getEntity() != null) {
            response.setHeader("Connection", "close");
            request.setEntity(new Unread(request.getEntity()));
        }
        trigger.submitResponse(response);
        if (answer.status() == 200) {
            proven = true;
            endpoint.refusals().heardPeer(remote);
        }
    }

    private PeerAnswer answer(ClassicHttpRequest request) throws IOException {
        PeerService service = PeerService.at(endpoint.settings().path(), request.getPath());
        if (service == null) {
            return endpoint.elsewhere(remote);
        }
        HttpEntity entity = request.getEntity();
        InputStream body = entity == null ? InputStream.nullInputStream() : entity.getContent();
        return endpoint.handle(new PeerRequest(
                service,
                request.getMethod(),
                name -> headerOf(request, name),
                entity == null ? 0 : entity.getContentLength(),
                remote,
                Arrays.stream(request.getHeaders()).map(Header::getName).anyMatch(PeerRequest::isForwardingHeader),
                tls != null,
                body));
    }

    private static @Nullable String headerOf(ClassicHttpRequest request, String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** Answers what is no HTTP in the same form as everything else, and repeats nothing of it. */
    private final class PeerHttpService extends HttpService {

        private PeerHttpService(HttpServerRequestHandler handler) {
            super(HttpProcessors.server("omnipaxos"), handler);
        }

        @Override
        protected void handleException(HttpException wrong, ClassicHttpResponse response) {
            PeerAnswer answer = endpoint.notUnderstood(remote, toStatusCode(wrong));
            response.setCode(answer.status());
            response.setEntity(new ByteArrayEntity(answer.body(), ContentType.parse(Problem.CONTENT_TYPE)));
        }
    }

    /**
     * A body that was refused. What is still on its way is read and thrown away, for a bounded time and size: a socket
     * that is closed with unread data is reset, and the sender would never see why it was refused.
     */
    private final class Unread extends HttpEntityWrapper {

        private Unread(HttpEntity entity) {
            super(entity);
        }

        @Override
        public InputStream getContent() throws IOException {
            return new FilterInputStream(super.getContent()) {
                @Override
                public void close() throws IOException {
                    http.flush();
                    http.setSocketTimeout(Timeout.of(LINGER));
                    try {
                        discard(in);
                    } catch (IOException nothingMoreCame) {
                        // The answer has left; that was all this was for.
                    }
                }
            };
        }

        private void discard(InputStream rest) throws IOException {
            long end = System.nanoTime() + LINGER.toNanos();
            long left = (long) LINGER_FACTOR * endpoint.settings().maxMessageBytes();
            byte[] buffer = new byte[16 * 1024];
            for (int read = 0; read >= 0 && left > 0 && System.nanoTime() - end < 0; left -= read) {
                read = rest.read(buffer);
            }
        }
    }
}
