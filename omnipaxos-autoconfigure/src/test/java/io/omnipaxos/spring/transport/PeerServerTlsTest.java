package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.spring.transport.Nodes.Inbox;
import io.omnipaxos.transport.PeerConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Node 2 serves TLS alone; node 1 has a key of its own, and each trusts the other's certificate. */
@Timeout(120)
class PeerServerTlsTest {

    @TempDir
    private static Path directory;

    private static Certificates certificates;

    private final PeerTls tlsOfOne = new PeerTls(certificates.material("one", "one", "two"));
    private final PeerTls tlsOfTwo = new PeerTls(certificates.material("two", "one", "two"));
    private final Inbox inboxOfTwo = new Inbox();
    private final HttpTransport two = Nodes.transport(settings(2, PeerSecurity.mutualTls(tlsOfTwo)), pid -> null);
    private final PeerServer server = new PeerServer(two.endpoint(), 0);
    private int round;

    @BeforeAll
    static void makeCertificates() {
        certificates = new Certificates(directory);
    }

    @BeforeEach
    void start() {
        server.open();
        two.start(inboxOfTwo);
    }

    @AfterEach
    void stop() {
        two.close();
        server.close();
    }

    @Test
    void aCertificateStandsForASignature() throws Exception {
        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);
        }
    }

    @Test
    void wherThereIsASecretTheCertificateAloneIsNotEnough() throws Exception {
        PeerSecurity both = new PeerSecurity("a secret of some length", null, tlsOfTwo);
        HttpTransport strict = Nodes.transport(settings(2, both), pid -> null);
        Inbox inbox = new Inbox();
        try (strict;
                PeerServer itsServer = new PeerServer(strict.endpoint(), 0)) {
            itsServer.open();
            strict.start(inbox);
            URI address = URI.create("https://127.0.0.1:" + itsServer.port());
            try (HttpTransport unsigned = to(address, PeerSecurity.mutualTls(tlsOfOne))) {
                assertRefused(unsigned, "401: the request is not signed");
            }
            try (HttpTransport signed = to(address, new PeerSecurity("a secret of some length", null, tlsOfOne))) {
                signed.send(List.of(Nodes.heartbeat(1, 2, 5)));
                assertThat(inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 5));
            }
        }
    }

    @Test
    void aCertificateThatTheServerDoesNotTrustIsRefused() {
        try (HttpTransport stranger = one(mutualTls("stranger", "two"))) {
            assertRefused(stranger, "TLS failed (");
        }
        assertThat(inboxOfTwo.received).isEmpty();
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        certificates.authority("authority");
        certificates.keySignedBy("authority", "expired", "-startdate", "-3d", "-validity", "2");
        certificates.keySignedBy("authority", "valid", "-validity", "2");
        tlsOfTwo.renew(certificates.material("two", "authority"));

        try (HttpTransport expired = one(mutualTls("expired", "two"))) {
            assertRefused(expired, "TLS failed (");
        }
        assertThat(inboxOfTwo.received).isEmpty();
        try (HttpTransport valid = one(mutualTls("valid", "two"))) {
            assertHeard(valid);
        }
    }

    @Test
    void aServerThatIsNotTrustedIsToldNothing() {
        try (HttpTransport one = one(mutualTls("one", "one"))) {
            assertRefused(one, "TLS failed (");
        }
        try (HttpTransport one = one(PeerSecurity.sharedSecret("a secret, and the JVM's own certificates"))) {
            assertRefused(one, "TLS failed (");
        }
        assertThat(inboxOfTwo.received).isEmpty();
    }

    @Test
    void aServerAtAnotherHostThanItsCertificateNamesIsToldNothing() {
        certificates.keyOfOtherHost("other-host");
        tlsOfTwo.renew(certificates.material("other-host", "one"));

        try (HttpTransport one = one(mutualTls("one", "other-host"))) {
            assertRefused(one, "TLS failed (");
        }
        assertThat(inboxOfTwo.received).isEmpty();
    }

    @Test
    void plainHttpIsNeverSpokenWhereCertificatesProveWhoAPeerIs() {
        URI plain = URI.create("http://127.0.0.1:" + server.port());
        try (HttpTransport one = to(plain, PeerSecurity.mutualTls(tlsOfOne))) {
            assertRefused(one, "the address of node 2 cannot be used: " + plain + " is not https");
        }
        try (MembersClient joining = new MembersClient(settings(4, PeerSecurity.mutualTls(tlsOfOne)))) {
            assertThat(catchThrowable(() -> joining.ask(plain)))
                    .isInstanceOf(PeerFailure.class)
                    .hasMessageContaining(plain + " is not https");
        }
    }

    @Test
    void strangersDisturbNothing() throws Exception {
        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);
            for (int i = 0; i < 2 * Refusals.BURST; i++) {
                assertNoAnswer(certificates.context("", "two"));
                assertPlainHttpGetsNoAnswer();
            }
            assertNoAnswer(certificates.context("stranger", "two"));

            assertHeard(one);
            assertThat(one.messages().dropped()).isZero();
        }
    }

    @Test
    void aPeerGetsInFromAnAddressFromWhichItWasHeardBeforeHoweverManyStrangersCallFromThere() throws Exception {
        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);
        }
        for (int i = 0; i < 2 * Refusals.BURST; i++) {
            assertPlainHttpGetsNoAnswer();
        }

        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);
        }
    }

    @Test
    void renewedCertificatesAreUsedWithoutLosingAMessage() throws Exception {
        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);

            tlsOfTwo.renew(certificates.material("two", "one", "one-renewed"));
            tlsOfOne.renew(certificates.material("one-renewed", "two", "two-renewed"));
            assertHeard(one);
            tlsOfTwo.renew(certificates.material("two-renewed", "one-renewed"));
            for (int i = 0; i < 50; i++) {
                assertHeard(one);
            }

            assertThat(one.messages().dropped()).isZero();
        }
    }

    @Test
    void anOpenConnectionEndsWhenItsCertificateIsTrustedNoMore() throws Exception {
        try (HttpTransport one = one(PeerSecurity.mutualTls(tlsOfOne))) {
            assertHeard(one);

            tlsOfTwo.renew(certificates.material("two", "two"));

            assertRefused(one, "TLS failed (");
        }
    }

    private HttpTransport one(PeerSecurity security) {
        return to(URI.create("https://127.0.0.1:" + server.port()), security);
    }

    private static HttpTransport to(URI address, PeerSecurity security) {
        HttpTransport transport = Nodes.transport(settings(1, security), pid -> address);
        transport.start(new Inbox());
        return transport;
    }

    private static PeerSecurity mutualTls(String key, String... trusted) {
        return PeerSecurity.mutualTls(new PeerTls(certificates.material(key, trusted)));
    }

    private void assertHeard(HttpTransport one) throws InterruptedException {
        Envelope previous = Nodes.heartbeat(1, 2, round);
        round++;
        one.send(List.of(Nodes.heartbeat(1, 2, round)));
        Envelope heard = inboxOfTwo.next();
        while (heard.equals(previous)) {
            // Sent again, as its connection ended before the answer.
            heard = inboxOfTwo.next();
        }
        assertThat(heard).isEqualTo(Nodes.heartbeat(1, 2, round));
    }

    private static void assertRefused(HttpTransport transport, String words) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
            PeerConnection connection =
                    Objects.requireNonNull(transport.connections().get(2L));
            return !connection.reachable()
                    && connection.error() != null
                    && connection.error().startsWith(words);
        });
    }

    private void assertNoAnswer(SSLContext context) {
        HttpClient stranger = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + server.port() + "/omnipaxos/messages"))
                .POST(BodyPublishers.ofString("hello"))
                .build();
        assertThatIOException().isThrownBy(() -> stranger.send(request, BodyHandlers.ofString()));
    }

    private void assertPlainHttpGetsNoAnswer() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write("POST /omnipaxos/messages HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(readUntilClosed(socket.getInputStream()), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
        }
    }

    private static byte[] readUntilClosed(InputStream in) {
        try {
            return in.readAllBytes();
        } catch (IOException reset) {
            return new byte[0];
        }
    }

    private static HttpTransportSettings settings(long pid, PeerSecurity security) {
        return Nodes.patient(Nodes.secured(pid, security));
    }
}
