package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Nodes.Inbox;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One certificate, made by the JDK's own tool, serves all nodes. */
@Timeout(60)
class PeerServerTlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static KeyStore keyStore;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = directory.resolve("node.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        keyStore = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keyStore.load(in, PASSWORD);
        }
    }

    @Test
    void aCertificateStandsForASignatureAndStrangersAreNotHeard() throws Exception {
        SSLContext context = context(true);
        Inbox inbox = new Inbox();
        try (HttpTransport two = Nodes.transport(settings(2, context), pid -> null);
                PeerServer server = new PeerServer(two.endpoint(), 0, context)) {
            server.open();
            two.start(inbox);
            URI address = URI.create("https://127.0.0.1:" + server.port());
            try (HttpTransport one = Nodes.transport(settings(1, context), pid -> address)) {
                one.start(new Inbox());
                one.send(List.of(Nodes.heartbeat(1, 2, 5)));

                assertThat(inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 5));
            }

            HttpClient stranger =
                    HttpClient.newBuilder().sslContext(context(false)).build();
            HttpRequest request = HttpRequest.newBuilder(address.resolve("/omnipaxos/messages"))
                    .POST(BodyPublishers.ofString("hello"))
                    .build();
            assertThatIOException().isThrownBy(() -> stranger.send(request, BodyHandlers.ofString()));
        }
    }

    @Test
    void aCertificateThatIsNotTrustedIsToldInWords() throws Exception {
        SSLContext context = context(true);
        try (HttpTransport two = Nodes.transport(settings(2, context), pid -> null);
                PeerServer server = new PeerServer(two.endpoint(), 0, context)) {
            server.open();
            two.start(new Inbox());
            URI address = URI.create("https://127.0.0.1:" + server.port());
            try (HttpTransport one = Nodes.transport(settings(1, null), pid -> address)) {
                one.start(new Inbox());
                await().atMost(Duration.ofSeconds(20)).until(() -> {
                    one.send(List.of(Nodes.heartbeat(1, 2, 5)));
                    String error =
                            Objects.requireNonNull(one.connections().get(2L)).error();
                    return error != null && error.startsWith("TLS failed (");
                });
            }
        }
    }

    private static HttpTransportSettings settings(long pid, SSLContext context) {
        HttpTransportSettings plain = Nodes.settings(pid, null);
        return new HttpTransportSettings(
                plain.clusterId(),
                pid,
                plain.path(),
                plain.connectTimeout(),
                plain.requestTimeout(),
                Duration.ofSeconds(4),
                plain.maxMessageBytes(),
                null,
                context);
    }

    private static SSLContext context(boolean withKey) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore, PASSWORD);
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("node", keyStore.getCertificate("node"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(withKey ? keys.getKeyManagers() : new KeyManager[0], trusted.getTrustManagers(), null);
        return context;
    }
}
