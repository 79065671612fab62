package io.omnipaxos.spring.routing;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.routing.LeaderAddress.Located;
import io.omnipaxos.spring.web.ProblemAnswer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * Sends a request on to the leader and its answer back, both as streams, on the thread of the request.
 *
 * <p>Nothing is repeated, no redirect followed, no cookie kept, nothing decompressed. The number of connections is
 * bounded, and so is each wait: for one of them, for the connect, and for the leader to take the next part of a request or
 * to bring the next part of its answer. Safe for use by any thread.
 */
public final class RequestForwarder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RequestForwarder.class);
    private static final String FORWARDING = Forwarding.class.getName();

    /** Below what servers keep an idle connection for, so that it is this end that closes it. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    /** A request on a connection that the leader has just closed has an unknown outcome. */
    private static final Duration CHECK_AFTER = Duration.ofMillis(100);

    private static final int MAX_LINE = 64 * 1024;
    private static final int MAX_HEADERS = 1_000;

    /** How often a leader that answers early is listened to: each look costs a millisecond. */
    private static final int LOOK_AFTER_BYTES = 256 * 1024;

    private final Settings settings;
    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor watch;
    private final AtomicBoolean closesIdle = new AtomicBoolean();

    /**
     * What bounds forwarded requests.
     *
     * @param ownPid this node
     * @param connectTimeout how long to wait for a connection, and before that for one of those that there may be
     * @param responseTimeout how long the leader may take no part of a request, or bring no part of its answer
     * @param maxConnections how many requests may be on their way at once
     */
    public record Settings(long ownPid, Duration connectTimeout, Duration responseTimeout, int maxConnections) {}

    /**
     * Makes a forwarder without a connection.
     *
     * @param tls for a leader at an https URL
     */
    public RequestForwarder(Settings settings, TlsSocketStrategy tls) {
        this.settings = settings;
        this.connections = connections(settings, tls);
        this.client = client(settings, connections);
        // What comes after the end is not watched any more.
        this.watch = new ScheduledThreadPoolExecutor(1, this::daemon, new DiscardPolicy());
        this.watch.setRemoveOnCancelPolicy(true);
    }

    /**
     * Forwards a request and writes the answer, or a problem if the leader brings none.
     *
     * @param target path and query below the base URL
     * @throws NotLeaderException if nothing was sent
     * @throws TruncatedAnswerException if the answer broke off after its beginning was written
     */
    void forward(HttpServletRequest request, HttpServletResponse response, Located leader, String target)
            throws IOException {
        HttpUriRequestBase outgoing = new HttpUriRequestBase(request.getMethod(), leader.resolve("/"));
        outgoing.setPath(pathOf(leader, target));
        ForwardedHeaders.copy(request, outgoing, settings.ownPid);
        Forwarding forwarding = new Forwarding(watch, settings.responseTimeout, outgoing);
        outgoing.setEntity(ForwardedBody.of(request, forwarding));
        HttpClientContext context = HttpClientContext.create();
        context.setAttribute(FORWARDING, forwarding);
        ClassicHttpResponse answer;
        try {
            answer = client.executeOpen(null, outgoing, context);
        } catch (ForwardedBody.FromClientException broken) {
            ProblemAnswer.write(
                    request,
                    response,
                    HttpStatus.BAD_REQUEST,
                    "the body of the request broke off; whether the leader acted on a part of it is not known");
            return;
        } catch (ForwardedBody.OtherLengthException changed) {
            LOG.error(
                    "{} {} could not be forwarded to the leader: {}. Filters before a handler with FORWARD must leave the"
                            + " body as it is, or give its length anew",
                    request.getMethod(),
                    request.getRequestURI(),
                    changed.getMessage());
            ProblemAnswer.write(
                    request,
                    response,
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    changed.getMessage() + "; the leader did not get a whole request, and whether it acted on a part of"
                            + " it is not known");
            return;
        } catch (IOException | IllegalStateException failure) {
            // The latter when this node is being stopped.
            failed(request, response, leader, forwarding, failure);
            return;
        } finally {
            forwarding.stopWaiting();
        }
        try {
            new Passing(request, response, leader, outgoing).pass(answer);
        } catch (IOException | RuntimeException broken) {
            outgoing.cancel();
            throw broken;
        } finally {
            Closer.closeQuietly(answer);
            closeIdleLater();
        }
    }

    /** Another node may lead by then, and nobody ask for what is kept. */
    private void closeIdleLater() {
        if (closesIdle.compareAndSet(false, true)) {
            ScheduledFuture<?> unused = watch.schedule(this::closeIdle, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void closeIdle() {
        closesIdle.set(false);
        connections.closeIdle(TimeValue.of(KEEP_ALIVE));
        if (connections.getTotalStats().getAvailable() > 0) {
            closeIdleLater();
        }
    }

    private Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "omnipaxos-" + settings.ownPid + "-forward-watch");
        thread.setDaemon(true);
        return thread;
    }

    /** Exactly as the client sent it, behind the context path of the leader. */
    private static String pathOf(Located leader, String target) {
        String path = URI.create(leader.base()).getRawPath() + target;
        return path.startsWith("/") ? path : "/" + path;
    }

    private void failed(
            HttpServletRequest request,
            HttpServletResponse response,
            Located leader,
            Forwarding forwarding,
            Exception failure)
            throws IOException {
        long pid = leader.leader().pid();
        if (!forwarding.isSent()) {
            LOG.debug("A request could not be forwarded to the leader, node {} at {}", pid, leader.base(), failure);
            NotLeaderException refusal = new NotLeaderException(
                    "node " + pid + " leads, but " + reasonOf(failure) + "; nothing was sent", leader.leader());
            refusal.initCause(failure);
            throw refusal;
        }
        LOG.warn("The leader, node {} at {}, did not answer a forwarded request", pid, leader.base(), failure);
        boolean late = forwarding.isLate() || failure instanceof SocketTimeoutException;
        ProblemAnswer.write(
                request,
                response,
                late ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY,
                "the request was sent to the leader, node " + pid + ", which "
                        + (late ? "did not answer within " + settings.responseTimeout : "broke off or answered no HTTP")
                        + "; whether it was carried out is not known");
    }

    private String reasonOf(Exception failure) {
        if (failure instanceof ConnectionRequestTimeoutException) {
            return settings.maxConnections
                    + " requests are on their way to it already, as many as omnipaxos.routing.max-connections allows";
        }
        return failure instanceof UnknownHostException
                ? "its host is not known here"
                : "no connection to it could be made";
    }

    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        client.close();
    }

    private static PoolingHttpClientConnectionManager connections(Settings settings, TlsSocketStrategy tls) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(settings.maxConnections)
                .setMaxConnPerRoute(settings.maxConnections)
                .setTlsSocketStrategy(tls)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout))
                        .setSocketTimeout(Timeout.of(settings.responseTimeout))
                        .setValidateAfterInactivity(TimeValue.of(CHECK_AFTER))
                        .build())
                .setDefaultSocketConfig(
                        SocketConfig.custom().setTcpNoDelay(true).build())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(MAX_LINE)
                                .setMaxHeaderCount(MAX_HEADERS)
                                .build())
                        // As web servers read headers, so that none is altered on its way.
                        .charCodingConfig(CharCodingConfig.custom()
                                .setCharset(StandardCharsets.ISO_8859_1)
                                .build())
                        .responseOutOfOrderStrategy(new MonitoringResponseOutOfOrderStrategy(LOOK_AFTER_BYTES))
                        .build())
                .build();
    }

    private static CloseableHttpClient client(Settings settings, PoolingHttpClientConnectionManager connections) {
        return HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setRequestExecutor(new Beginning())
                .disableDefaultUserAgent()
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .disableConnectionState()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(settings.connectTimeout))
                        .setResponseTimeout(Timeout.of(settings.responseTimeout))
                        .setDefaultKeepAlive(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .setExpectContinueEnabled(false)
                        .build())
                .build();
    }

    /** Tells when a request goes out: what failed before may be said to have done nothing. */
    private static final class Beginning extends HttpRequestExecutor {

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                @Nullable HttpResponseInformationCallback callback,
                HttpContext context)
                throws IOException, HttpException {
            if (context.getAttribute(FORWARDING) instanceof Forwarding forwarding) {
                forwarding.begin();
            }
            return super.execute(request, connection, callback, context);
        }
    }

    /** The way back of one answer. */
    private record Passing(
            HttpServletRequest request, HttpServletResponse response, Located leader, HttpUriRequestBase outgoing) {

        private void pass(ClassicHttpResponse answer) throws IOException {
            response.setStatus(answer.getCode());
            ForwardedHeaders.copy(answer, response);
            HttpEntity entity = answer.getEntity();
            long length = entity == null ? announced(answer) : entity.getContentLength();
            if (length >= 0) {
                response.setContentLengthLong(length);
            }
            // At once, as the first part of a stream of events may be long in coming.
            if (flush() && entity != null) {
                passBody(entity.getContent());
            }
        }

        /** Of an answer to HEAD. */
        private static long announced(ClassicHttpResponse answer) {
            try {
                return answer.containsHeader("Content-Length")
                        ? Long.parseLong(answer.getFirstHeader("Content-Length").getValue())
                        : -1;
            } catch (NumberFormatException malformed) {
                return -1;
            }
        }

        private void passBody(InputStream body) throws IOException {
            byte[] buffer = new byte[ForwardedBody.BUFFER];
            for (int read = read(body, buffer); read >= 0; read = read(body, buffer)) {
                if (!write(buffer, read)) {
                    return;
                }
            }
        }

        private int read(InputStream body, byte[] buffer) {
            try {
                return body.read(buffer);
            } catch (IOException broken) {
                throw new TruncatedAnswerException(request, leader.base(), broken);
            }
        }

        private boolean write(byte[] buffer, int length) {
            try {
                OutputStream client = response.getOutputStream();
                client.write(buffer, 0, length);
                client.flush();
                return true;
            } catch (IOException gone) {
                return clientIsGone(gone);
            }
        }

        private boolean flush() {
            try {
                response.flushBuffer();
                return true;
            } catch (IOException gone) {
                return clientIsGone(gone);
            }
        }

        /** Nobody waits for the rest; closing it unread would wait for its end. */
        private boolean clientIsGone(IOException gone) {
            outgoing.cancel();
            LOG.debug("The client left before the leader's answer was passed on", gone);
            return false;
        }
    }
}
