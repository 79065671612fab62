package io.omnipaxos.spring.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Posts signed bodies to another node, one at a time, over one connection that is kept.
 *
 * <p>The connection manager is the basic one: a single connection, whose host is resolved anew at each connect and
 * which is thrown away at any failure. The client repeats nothing by itself, follows no redirect and keeps no cookie.
 * A request as a whole has a time limit, also when the answer drips or never ends. Used by one thread;
 * {@link #close()} by any.
 */
final class PeerHttp implements AutoCloseable {

    /** Below what servers keep an idle connection for, so that it is this end that closes it. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private static final Duration CHECK_AFTER = Duration.ofSeconds(1);
    private static final int MAX_PROBLEM_BYTES = 16 * 1024;

    /** Without bounds whatever somebody sends before the body is kept in memory. */
    private static final Http1Config HEADERS = Http1Config.custom()
            .setMaxLineLength(8 * 1024)
            .setMaxHeaderCount(100)
            .build();

    private final HttpTransportSettings settings;
    private final @Nullable MessageSigner signer;
    private final Duration limit;
    private final ScheduledExecutorService watch;
    private final @Nullable PeerTls tls;
    private final BasicHttpClientConnectionManager connections;
    private final CloseableHttpClient client;

    /** What the kept connection was made with. */
    private PeerTls.@Nullable Material material;

    /**
     * Makes a client without a connection.
     *
     * @param limit how long a request may take altogether
     * @param watch ends requests that take longer
     */
    PeerHttp(
            HttpTransportSettings settings,
            @Nullable MessageSigner signer,
            Duration limit,
            ScheduledExecutorService watch) {
        this.settings = settings;
        this.signer = signer;
        this.limit = limit;
        this.watch = watch;
        this.tls = settings.security().tls();
        this.connections = connections(limit);
        this.client = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setUserAgent("omnipaxos")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .disableConnectionState()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(limit))
                        .setDefaultKeepAlive(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                        .setProtocolUpgradeEnabled(false)
                        .setExpectContinueEnabled(false)
                        .build())
                .build();
    }

    /**
     * What came back.
     *
     * @param signed whether it is signed as the answer to this very request
     * @param session another one than that of the request, in which it is to be sent again; otherwise empty
     * @param advertisedUrl where clients reach the node that answers, as it says; otherwise empty
     */
    record Answer(int status, String contentType, byte[] body, boolean signed, String session, String advertisedUrl) {}

    /**
     * Sends a body and waits for the answer, whatever it says.
     *
     * @throws PeerFailure if there was none
     */
    Answer post(URI address, RequestIdentity identity, byte[] body) throws PeerFailure {
        useRenewedCertificates();
        HttpPost request = request(address, identity, body);
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> end = watch.schedule(
                () -> {
                    late.set(true);
                    request.cancel();
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
        try (ClassicHttpResponse response = client.executeOpen(null, request, null)) {
            return read(response, request, identity);
        } catch (IOException failure) {
            throw late.get() || failure instanceof SocketTimeoutException
                    ? timedOut(address)
                    : PeerFailure.of(failure, address);
        } catch (IllegalStateException cancelled) {
            // That is how the client takes a cancellation while it connects.
            if (!late.get()) {
                throw cancelled;
            }
            throw timedOut(address);
        } finally {
            end.cancel(false);
        }
    }

    private PeerFailure timedOut(URI address) {
        return PeerFailure.unreachable("timed out after " + limit.toMillis() + " ms: " + address);
    }

    /**
     * Whether the answer came from a node that has what was asked for.
     *
     * @throws PeerFailure if not, in words
     */
    void checkGood(Answer answer, URI address) throws PeerFailure {
        if (answer.status != 200) {
            throw refusal(answer, address);
        }
        if (!answer.contentType.startsWith(MessageCodec.CONTENT_TYPE)) {
            throw PeerFailure.unreachable(
                    "not answered by a node of a cluster, as it is no " + MessageCodec.CONTENT_TYPE + ": " + address);
        }
        if (signer != null && !answer.signed) {
            throw PeerFailure.unreachable(
                    "the signature of the answer does not match; do both nodes have the same shared-secret? "
                            + address);
        }
    }

    /** Throws the kept connection away, unless a request is under way on it. */
    void closeConnection() {
        connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException alreadyGone) {
            // Nothing is kept that could be lost.
        }
    }

    private void useRenewedCertificates() {
        PeerTls.Material present = tls == null ? null : tls.present();
        if (!Objects.equals(present, material)) {
            material = present;
            closeConnection();
        }
    }

    private HttpPost request(URI address, RequestIdentity identity, byte[] body) {
        HttpPost request = new HttpPost(address);
        request.setHeader(PeerHeaders.SENDER, Long.toString(identity.sender()));
        if (identity.receiver() != RequestIdentity.ANYBODY) {
            request.setHeader(PeerHeaders.RECEIVER, Long.toString(identity.receiver()));
        }
        request.setHeader(PeerHeaders.BOOT, identity.boot());
        request.setHeader(PeerHeaders.COUNTER, Long.toString(identity.counter()));
        request.setHeader(PeerHeaders.LANE, identity.lane().wireName());
        if (!identity.advertisedUrl().isEmpty()) {
            request.setHeader(PeerHeaders.ADVERTISED_URL, identity.advertisedUrl());
        }
        if (signer != null) {
            if (!identity.session().isEmpty()) {
                request.setHeader(PeerHeaders.SESSION, identity.session());
            }
            request.setHeader(PeerHeaders.SIGNATURE, signer.signRequest(identity, body));
        }
        request.setEntity(new ByteArrayEntity(body, ContentType.create(MessageCodec.CONTENT_TYPE)));
        return request;
    }

    private Answer read(ClassicHttpResponse response, HttpPost request, RequestIdentity identity) throws IOException {
        int status = response.getCode();
        byte[] body = readBody(response, request, status == 200 ? settings.maxMessageBytes() : MAX_PROBLEM_BYTES);
        String session = header(response, PeerHeaders.SESSION);
        String advertisedUrl = header(response, PeerHeaders.ADVERTISED_URL);
        boolean signed = signer != null
                && signer.isAnswerSigned(
                        identity, status, session, advertisedUrl, body, header(response, PeerHeaders.SIGNATURE));
        boolean reopened = signed && status == 401 && !session.equals(identity.session());
        return new Answer(
                status, header(response, "Content-Type"), body, signed, reopened ? session : "", advertisedUrl);
    }

    private static String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null ? "" : header.getValue();
    }

    /** Never reads on after the limit, nor drains what is left: closing would wait for an endless body to end. */
    private static byte[] readBody(ClassicHttpResponse response, HttpPost request, int maxBytes) throws IOException {
        HttpEntity entity = response.getEntity();
        InputStream content = entity == null ? null : entity.getContent();
        if (entity == null || content == null) {
            return new byte[0];
        }
        byte[] body = entity.getContentLength() > maxBytes ? new byte[0] : content.readNBytes(maxBytes);
        if (entity.getContentLength() > maxBytes || content.read() >= 0) {
            request.cancel();
            throw new IOException("an answer has at most " + maxBytes + " bytes");
        }
        return body;
    }

    private static PeerFailure refusal(Answer answer, URI address) {
        String detail = answer.contentType.startsWith(Problem.CONTENT_TYPE) ? Problem.detailOf(answer.body) : null;
        if (detail == null) {
            return PeerFailure.unreachable(answer.status
                    + ": no node of a cluster listens there; peers are base URLs with the context path: " + address);
        }
        String words = answer.status + ": " + detail;
        return answer.status == 400 || answer.status == 413
                ? PeerFailure.batchRefused(words)
                : PeerFailure.unreachable(words);
    }

    private BasicHttpClientConnectionManager connections(Duration limit) {
        Duration connect = settings.connectTimeout().compareTo(limit) < 0 ? settings.connectTimeout() : limit;
        BasicHttpClientConnectionManager connections = BasicHttpClientConnectionManager.create(
                null,
                settings.security().isOpen() ? new LoopbackOnly() : null,
                scheme -> URIScheme.HTTPS.same(scheme) ? strategy() : null,
                ManagedHttpClientConnectionFactory.builder()
                        .http1Config(HEADERS)
                        .build());
        connections.setConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connect))
                .setSocketTimeout(Timeout.of(limit))
                .setValidateAfterInactivity(TimeValue.of(CHECK_AFTER))
                .build());
        connections.setSocketConfig(SocketConfig.custom()
                .setTcpNoDelay(true)
                .setSoTimeout(Timeout.of(limit))
                .build());
        return connections;
    }

    /** Asked at a connect only, as the JVM's own context takes a while to load. */
    private TlsSocketStrategy strategy() {
        return material == null ? DefaultClientTlsStrategy.createSystemDefault() : PeerTls.connecting(material);
    }
}
