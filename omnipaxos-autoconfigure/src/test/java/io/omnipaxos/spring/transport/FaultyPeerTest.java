package io.omnipaxos.spring.transport;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.omnipaxos.spring.transport.Nodes.Inbox;
import io.omnipaxos.transport.PeerConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Node 1 talks to a node 2 that does everything wrong, and then everything right. */
@Timeout(60)
class FaultyPeerTest {

    private final WireMockServer peer = new WireMockServer(options().dynamicPort());
    private final MessageCodec codec = new MessageCodec(Nodes.MAX_BYTES);
    private final Inbox inbox = new Inbox();
    private volatile URI address = URI.create("http://127.0.0.1:1");
    private HttpTransport transport = Nodes.transport(Nodes.patient(Nodes.settings(1, null)), pid -> address);
    private final AtomicLong round = new AtomicLong();

    @BeforeEach
    void start() throws Exception {
        peer.start();
        address = URI.create(peer.baseUrl());
        reach();
    }

    private void reach() throws Exception {
        transport.start(inbox);
        answerWell("boot");
        sendUntilReached();
        assertThat(inbox.nextReconnected()).isEqualTo(2);
    }

    /** For tests about time: requests are given up after a second, and a peer is asked again after 100 ms. */
    private void beImpatient() throws Exception {
        transport.close();
        transport = Nodes.transport(Nodes.settings(1, null), pid -> address);
        reach();
    }

    @AfterEach
    void stop() {
        transport.close();
        peer.stop();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "RANDOM_DATA_THEN_CLOSE", "MALFORMED_RESPONSE_CHUNK"
            })
    void aBrokenAnswerIsToldInWordsAndTheNextGoodOneReconnects(Fault fault) throws Exception {
        answer(aResponse().withFault(fault));

        String error = failure();

        assertThat(error)
                .matches(
                        "(connection lost \\(.*\\)|connection closed without an answer|no proper HTTP answer \\(.*\\)): "
                                + "http://localhost:\\d+/omnipaxos/messages");
        assertThatItRecovers();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 500, 503})
    void aRefusalIsToldInTheWordsOfThePeer(int status) throws Exception {
        answer(aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/problem+json")
                .withBody(Problem.of(status, "Title", "these words").toJson()));

        assertThat(failure()).isEqualTo(status + ": these words");
        assertThatItRecovers();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413})
    void aRefusedBatchLeavesThePeerReachable(int status) throws Exception {
        answer(aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/problem+json")
                .withBody(Problem.of(status, "Title", "these words").toJson()));
        sendHeartbeat();

        await().until(() -> connection().error() != null);

        assertThat(connection().error()).isEqualTo(status + ": these words");
        assertThat(connection().reachable()).isTrue();
        answerWell("boot");
        sendHeartbeat();
        await().until(() -> connection().error() == null);
        assertThat(inbox.reconnected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 502})
    void anAnswerOfSomethingElseSaysWhereToLook(int status) throws Exception {
        answer(aResponse().withStatus(status).withBody("<html>").withHeader("Location", "/elsewhere"));

        assertThat(failure())
                .startsWith(status + ": no node of a cluster listens there")
                .contains("context path");
        assertThatItRecovers();
    }

    @Test
    void aWrongContentTypeIsToldInWords() throws Exception {
        answer(aResponse().withStatus(200).withBody("hello").withHeader("Content-Type", "text/html"));

        assertThat(failure()).startsWith("not answered by a node of a cluster");
        assertThatItRecovers();
    }

    @Test
    void anAnswerThatIsNoBatchIsToldInWords() throws Exception {
        answer(aResponse().withStatus(200).withBody(new byte[50]).withHeader("Content-Type", "application/cbor"));

        assertThat(failure()).startsWith("the answer cannot be read");
        assertThatItRecovers();
    }

    @Test
    void anAnswerOfAnotherNodeIsToldInWords() throws Exception {
        answerWith(new Batch("omnipaxos", 3, 1, "boot", List.of(Nodes.heartbeat(3, 1, 1))));

        assertThat(failure()).startsWith("answered by node 3");
        assertThat(inbox.received).isEmpty();
        assertThatItRecovers();
    }

    @Test
    void aLateAnswerIsGivenUpAfterHalfAnElectionTimeout() throws Exception {
        beImpatient();
        answer(good("boot").withFixedDelay(20_000));

        assertThat(failure()).startsWith("timed out after 1000 ms: http://localhost:");
        assertThatItRecovers();
    }

    @Test
    void aDrippingAnswerIsGivenUpAsAWhole() throws Exception {
        beImpatient();
        answer(good("boot").withChunkedDribbleDelay(100, 20_000));

        assertThat(failure()).startsWith("timed out after 1000 ms");
        assertThatItRecovers();
    }

    @Test
    void aTooLargeAnswerIsReadNoFurtherThanTheLimit() throws Exception {
        answer(good("boot").withBody(new byte[200_000]));

        assertThat(failure()).contains("an answer has at most " + Nodes.MAX_BYTES + " bytes");
        assertThatItRecovers();
    }

    @Test
    void anEndlessAnswerIsGivenUpAtTheLimit() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Long> written = CompletableFuture.supplyAsync(() -> pourInto(endless), Nodes.THREADS);
            address = URI.create("http://127.0.0.1:" + endless.getLocalPort());

            assertThat(failure()).contains("an answer has at most " + Nodes.MAX_BYTES + " bytes");

            assertThat(written.get(10, TimeUnit.SECONDS)).isLessThan(50_000_000);
        }
        address = URI.create(peer.baseUrl());
        assertThatItRecovers();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Endless: ", "X: y\r\n"})
    void endlessHeadersAreGivenUp(String first) throws Exception {
        byte[] more = first.endsWith("\n") ? bytes(first.repeat(1000)) : bytes("x".repeat(0x1000));
        try (ServerSocket endless = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Long> written = CompletableFuture.supplyAsync(
                    () -> pourInto(endless, bytes("HTTP/1.1 200 OK\r\n" + first), more), Nodes.THREADS);
            address = URI.create("http://127.0.0.1:" + endless.getLocalPort());

            assertThat(failure()).startsWith("no proper HTTP answer");

            assertThat(written.get(10, TimeUnit.SECONDS)).isLessThan(50_000_000);
        }
        address = URI.create(peer.baseUrl());
        assertThatItRecovers();
    }

    @Test
    void halfAnAnswerIsToldInWords() throws Exception {
        try (ServerSocket half = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            byte[] answer =
                    bytes("HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nContent-Length: 1000\r\n\r\nhalf");
            CompletableFuture<Long> unused =
                    CompletableFuture.supplyAsync(() -> answerOnce(half, answer), Nodes.THREADS);
            address = URI.create("http://127.0.0.1:" + half.getLocalPort());

            assertThat(failure()).startsWith("no proper HTTP answer (Premature end of Content-Length");
        }
        address = URI.create(peer.baseUrl());
        assertThatItRecovers();
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        answer(aResponse().withStatus(307).withHeader("Location", "/elsewhere"));

        assertThat(failure()).startsWith("307: no node of a cluster listens there");

        assertThat(peer.findAll(anyRequestedFor(urlEqualTo("/elsewhere")))).isEmpty();
        assertThatItRecovers();
    }

    /** A few bytes could become any number of them. */
    @Test
    void aCompressedAnswerIsNotUnpacked() throws Exception {
        byte[] good = codec.encode(new Batch("omnipaxos", 2, 1, "boot", List.of()));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(good);
        }
        answer(good("boot").withBody(packed.toByteArray()).withHeader("Content-Encoding", "gzip"));

        assertThat(failure()).startsWith("the answer cannot be read");
        assertThatItRecovers();
    }

    /** A proxy in between may put the time or a number of the request into its words. */
    @Test
    void refusalsInEverNewWordsAreLoggedOnce() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(PeerLink.class);
        log.start();
        logger.addAppender(log);
        try {
            for (int i = 0; i < 5; i++) {
                String words = "request " + i;
                answer(aResponse()
                        .withStatus(400)
                        .withHeader("Content-Type", "application/problem+json")
                        .withBody(Problem.of(400, "Title", words).toJson()));
                await().until(() -> {
                    sendHeartbeat();
                    return ("400: " + words).equals(connection().error());
                });
            }
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Node 1: node 2 refused messages: 400: request 0");
    }

    @Test
    void aPeerThatIsGoneIsToldInWordsAndFoundAgain() throws Exception {
        peer.stop();

        // The first attempt of a process may take longer than its limit, whatever the peer does.
        await().untilAsserted(() ->
                assertThat(failure()).isEqualTo("connection refused: " + address + "/omnipaxos/messages"));

        WireMockServer again = new WireMockServer(options().dynamicPort());
        try {
            again.start();
            again.stubFor(any(anyUrl()).willReturn(good("boot")));
            address = URI.create(again.baseUrl());
            sendUntilReached();

            assertThat(inbox.nextReconnected()).isEqualTo(2);
        } finally {
            again.stop();
        }
    }

    @Test
    void aNameThatDoesNotResolveIsToldInWords() throws Exception {
        address = URI.create("http://nowhere.invalid:8080");

        assertThat(failure()).isEqualTo("unknown host: http://nowhere.invalid:8080/omnipaxos/messages");
        address = URI.create(peer.baseUrl());
        assertThatItRecovers();
    }

    @Test
    void aFailingPeerIsAskedNoMoreOftenThanThereIsSomethingNewToSay() throws Exception {
        beImpatient();
        answer(aResponse().withStatus(500));
        failure();
        int asked = peer.getAllServeEvents().size();

        sendHeartbeat();
        await().until(() -> peer.getAllServeEvents().size() > asked);

        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(20))
                .until(() -> peer.getAllServeEvents().size() <= asked + 2);
    }

    private void assertThatItRecovers() throws InterruptedException {
        answerWell("boot");
        sendUntilReached();

        assertThat(inbox.nextReconnected()).isEqualTo(2);
        assertThat(connection().error()).isNull();
        sendHeartbeat();
        await().until(() -> peer.getAllServeEvents().stream()
                .anyMatch(event -> new String(event.getRequest().getBody(), StandardCharsets.ISO_8859_1)
                        .contains("heartbeatRequest")));
        assertThat(inbox.reconnected).isEmpty();
    }

    /** As a node does it: a peer is asked again when there is something new to say. */
    private void sendUntilReached() {
        await().until(() -> {
            sendHeartbeat();
            return connection().reachable();
        });
    }

    /** Sends heartbeats until one fails, and returns why. */
    private String failure() {
        await().until(() -> {
            sendHeartbeat();
            return !connection().reachable();
        });
        return Objects.requireNonNull(connection().error());
    }

    private static long pourInto(ServerSocket server) {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nTransfer-Encoding: chunked\r\n\r\n";
        return pourInto(server, bytes(head), bytes("1000\r\n" + "x".repeat(0x1000) + "\r\n"));
    }

    /** Writes until the other end hangs up, and says how much that was. */
    private static long pourInto(ServerSocket server, byte[] head, byte[] more) {
        long written = 0;
        try (Socket socket = server.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write(head);
            while (written < 1_000_000_000) {
                out.write(more);
                written += more.length;
            }
        } catch (IOException givenUp) {
            return written;
        }
        return written;
    }

    private static long answerOnce(ServerSocket server, byte[] answer) {
        try (Socket socket = server.accept();
                OutputStream out = socket.getOutputStream()) {
            long read = socket.getInputStream().read(new byte[0x1000]);
            out.write(answer);
            return read;
        } catch (IOException givenUp) {
            return -1;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void sendHeartbeat() {
        transport.send(List.of(Nodes.heartbeat(1, 2, round.incrementAndGet())));
    }

    private PeerConnection connection() {
        return Objects.requireNonNull(transport.connections().get(2L));
    }

    private void answerWell(String boot) {
        peer.resetRequests();
        answer(good(boot));
    }

    private void answerWith(Batch batch) {
        answer(aResponse().withHeader("Content-Type", "application/cbor").withBody(codec.encode(batch)));
    }

    private ResponseDefinitionBuilder good(String boot) {
        return aResponse()
                .withHeader("Content-Type", "application/cbor")
                .withBody(codec.encode(new Batch("omnipaxos", 2, 1, boot, List.of())));
    }

    private void answer(ResponseDefinitionBuilder response) {
        peer.stubFor(any(anyUrl()).willReturn(response));
    }
}
