package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Nodes.Inbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers at the own port of node 1. */
@Timeout(60)
class PeerServerTest {

    private final Inbox inbox = new Inbox();
    private final HttpTransport transport = Nodes.transport(Nodes.settings(1, null), pid -> null);
    private final PeerServer server = new PeerServer(transport.endpoint(), 0);
    private HttpClient client = HttpClient.newHttpClient();
    private final MessageCodec codec = new MessageCodec(Nodes.MAX_BYTES);

    @BeforeEach
    void open() {
        server.open();
        transport.start(inbox);
    }

    @AfterEach
    void close() {
        transport.close();
        server.close();
    }

    @Test
    void aGoodRequestIsAnswered() throws Exception {
        HttpResponse<byte[]> answer = client.send(request(goodBody()), BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/cbor");
        assertThat(inbox.next()).isEqualTo(Nodes.heartbeat(2, 1, 5));
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        URI elsewhere = URI.create("http://127.0.0.1:" + server.port() + "/");
        HttpResponse<String> path =
                client.send(HttpRequest.newBuilder(elsewhere).GET().build(), BodyHandlers.ofString());
        HttpResponse<String> method =
                client.send(HttpRequest.newBuilder(address()).GET().build(), BodyHandlers.ofString());

        assertProblem(path, 404);
        assertProblem(method, 405);
        assertThat(method.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void whatIsNoHttpIsAnsweredWithAProblemThatRepeatsNothingOfIt() throws Exception {
        for (String nonsense : List.of("<script> here\r\n\r\n", "GET / HTTP/9.9\r\nHost: <script>\r\n\r\n")) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.US_ASCII));

                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(answer)
                        .startsWith("HTTP/1.1 ")
                        .contains("application/problem+json", "no HTTP that is understood here")
                        .doesNotContain("script", "Exception");
            }
        }
        aGoodRequestIsAnswered();
    }

    @Test
    void aHeadThatIsTooLargeIsAnsweredInItsOwnWords() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(("GET /" + "x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .startsWith("HTTP/1.1 431 ")
                    .contains("\"title\":\"Request Header Fields Too Large\"", "\"status\":431")
                    .doesNotContain("Bad Request");
        }
    }

    @Test
    void whoLooksForOtherPathsIsToldWhenItIsTooMuch() throws Exception {
        URI elsewhere = URI.create("http://127.0.0.1:" + server.port() + "/admin");
        HttpRequest request = HttpRequest.newBuilder(elsewhere).GET().build();
        for (int i = 0; i < Refusals.BURST; i++) {
            client.send(request, BodyHandlers.ofString());
        }

        await().pollInterval(1, TimeUnit.MILLISECONDS).untilAsserted(() -> {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            assertProblem(answer, 429);
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        });
        aGoodRequestIsAnswered();
    }

    @Test
    void aForwardedRequestIsRefused() throws Exception {
        HttpRequest forwarded = HttpRequest.newBuilder(request(goodBody()), (name, value) -> true)
                .header("X-Forwarded-For", "127.0.0.1")
                .build();

        assertProblem(client.send(forwarded, BodyHandlers.ofString()), 401);
    }

    @Test
    void whatIsTooLargeIsRefusedWithAnAnswer() throws Exception {
        // Of a body that it refuses the server reads on for a bounded while only, so its answer may be cut off.
        HttpResponse<String> announced = client.send(request(new byte[900_000]), BodyHandlers.ofString());
        assertProblem(announced, 413);

        HttpRequest chunked = HttpRequest.newBuilder(address())
                .headers(headers())
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[900_000])))
                .build();
        assertProblem(client.send(chunked, BodyHandlers.ofString()), 413);
    }

    @Test
    void anEndlessBodyEndsAtTheLimit() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head("Transfer-Encoding: chunked"));
            byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);

            long written = 0;
            try {
                while (written < 1_000_000_000) {
                    out.write(chunk);
                    written += chunk.length;
                }
            } catch (SocketException closed) {
                // As it should be.
            }

            assertThat(written).isLessThan(100_000_000);
        }
        aGoodRequestIsAnswered();
    }

    @Test
    void aSlowSenderIsCutOff() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(head("Content-Length: 1000"));
            socket.getOutputStream().write(1);
            long started = System.nanoTime();

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 408").contains("came too slowly");
            assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void manyIdleConnectionsDoNotKeepAPeerOut() throws Exception {
        aGoodRequestIsAnswered();
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * PeerServer.MAX_CONNECTIONS; i++) {
                idle.add(connect());
            }
            await().until(() -> server.openConnections() <= PeerServer.MAX_CONNECTIONS);

            aGoodRequestIsAnswered();
            assertThat(serverThreads()).isLessThanOrEqualTo(2 * PeerServer.MAX_CONNECTIONS);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void randomBytesDisturbNothing() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[1 + random.nextInt(400)];
            random.nextBytes(garbage);
            try (Socket socket = connect()) {
                socket.getOutputStream().write(garbage);
                socket.shutdownOutput();
                drain(socket.getInputStream());
            }
        }

        aGoodRequestIsAnswered();
        await().until(() -> server.openConnections() <= 1);
    }

    @Test
    void aPortInUseIsNamedTogetherWithWhatToDo() {
        try (PeerServer second = new PeerServer(transport.endpoint(), server.port())) {
            assertThatExceptionOfType(PeerPortException.class)
                    .isThrownBy(second::open)
                    .withMessageContaining("port " + server.port())
                    .withMessageContaining("set transport.port to a free port");
        }
    }

    @Test
    void theSamePortCanBeOpenedAgainAtOnce() throws Exception {
        aGoodRequestIsAnswered();
        int port = server.port();
        server.close();

        try (PeerServer again = new PeerServer(transport.endpoint(), port)) {
            again.open();

            // The other client may not have noticed yet that its connection is closed.
            client = HttpClient.newHttpClient();
            aGoodRequestIsAnswered();
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status).doesNotContain("Exception");
    }

    private static void drain(InputStream in) {
        try {
            in.readAllBytes();
        } catch (IOException reset) {
            // The server may end a connection that makes no sense in any way.
        }
    }

    private static long serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("omnipaxos-1-peer-server-"))
                .count();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.port() + "/omnipaxos/messages");
    }

    private HttpRequest request(byte[] body) {
        return HttpRequest.newBuilder(address())
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(20))
                .headers(headers())
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    private static String[] headers() {
        return new String[] {
            "Content-Type",
            "application/cbor",
            PeerHeaders.SENDER,
            "2",
            PeerHeaders.RECEIVER,
            "1",
            PeerHeaders.BOOT,
            "boot",
            PeerHeaders.COUNTER,
            "1",
            PeerHeaders.LANE,
            "heartbeat"
        };
    }

    private static byte[] head(String framing) {
        StringBuilder head = new StringBuilder("POST /omnipaxos/messages HTTP/1.1\r\nHost: localhost\r\n");
        String[] headers = headers();
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        return head.append(framing).append("\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] goodBody() {
        return codec.encode(new Batch("omnipaxos", 2, 1, "boot", List.of(Nodes.heartbeat(2, 1, 5))));
    }
}
