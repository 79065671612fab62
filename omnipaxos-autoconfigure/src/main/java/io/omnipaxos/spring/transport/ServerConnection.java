package io.omnipaxos.spring.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
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
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(64)
            .setMaxLineLength(8 * 1024)
            .build();
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int LINGER_FACTOR = 16;

    private final PeerEndpoint endpoint;
    private final Duration idle;
    private final boolean authenticated;
    private final InetAddress remote;
    private final DefaultBHttpServerConnection http;
    private volatile long lastCompleted = System.nanoTime();
    private volatile boolean proven;

    ServerConnection(PeerEndpoint endpoint, Socket socket, Duration idle, boolean authenticated) throws IOException {
        this.endpoint = endpoint;
        this.idle = idle;
        this.authenticated = authenticated;
        this.remote = socket.getInetAddress();
        this.http = new DefaultBHttpServerConnection("http", LIMITS);
        socket.setTcpNoDelay(true);
        http.bind(socket);
    }

    /** When the last request was answered in full, or the connection was made, as {@link System#nanoTime()}. */
    long lastCompleted() {
        return lastCompleted;
    }

    /** Whether a request was good, so that the other end is a peer. */
    boolean isProven() {
        return proven;
    }

    void close() {
        http.close(CloseMode.IMMEDIATE);
    }

    /** Serves requests until either end closes. */
    void run() {
        HttpService service = new HttpService(HttpProcessors.server("omnipaxos"), this);
        HttpCoreContext context = HttpCoreContext.create();
        try {
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
        proven |= answer.status() == 200;
    }

    private PeerAnswer answer(ClassicHttpRequest request) throws IOException {
        PeerService service = PeerService.at(endpoint.settings().path(), request.getPath());
        if (service == null) {
            Problem problem = Problem.of(404, "Not Found", "only other nodes of the cluster are served here");
            return new PeerAnswer(404, Map.of("Content-Type", Problem.CONTENT_TYPE), problem.toJson(), false);
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
                authenticated,
                body));
    }

    private static @Nullable String headerOf(ClassicHttpRequest request, String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
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
