package io.omnipaxos.spring.routing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.filter.OncePerRequestFilter;

/** Whatever becomes of the leader, the client is told what is known of its request. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class FaultyLeaderTests {

    @RegisterExtension
    static final WireMockExtension WIRE_MOCK = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RoutedApplication follower;
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        follower = new RoutedApplication(
                1, "", Beans.class, "--omnipaxos.routing.response-timeout=5s", "--omnipaxos.routing.max-connections=2");
    }

    @AfterAll
    static void stop() {
        follower.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @Test
    void aLeaderThatCannotBeConnectedWasSentNothing() throws Exception {
        ServerSocket closed = new ServerSocket(0);
        closed.close();
        follower.follow(2, URI.create("http://127.0.0.1:" + closed.getLocalPort()));
        long rejected = count(Outcome.REJECTED);

        HttpResponse<String> answer = post();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body())
                .contains("node 2 leads, but no connection to it could be made; nothing was sent", "\"pid\":2");
        assertThat(count(Outcome.REJECTED)).isEqualTo(rejected + 1);
    }

    @Test
    void aLeaderAtAnUnknownHostWasSentNothing() throws Exception {
        follower.follow(2, URI.create("http://node-2.invalid"));

        HttpResponse<String> answer = post();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("its host is not known here");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "RANDOM_DATA_THEN_CLOSE"})
    void aLeaderThatIsLostAfterTheRequestLeavesItsOutcomeUnknown(Fault fault) throws Exception {
        answer(aResponse().withFault(fault));
        long forwarded = count(Outcome.FORWARDED);

        HttpResponse<String> answer = post();

        assertProblem(answer, 502, "whether it was carried out is not known");
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        WIRE_MOCK.verify(1, anyRequestedFor(anyUrl()));
        assertThat(count(Outcome.FORWARDED)).isEqualTo(forwarded + 1);
    }

    @Test
    void aLeaderThatDoesNotAnswerInTimeLeavesTheOutcomeUnknown() throws Exception {
        answer(aResponse().withFixedDelay(20_000));

        assertProblem(post(), 504, "did not answer within PT5S; whether it was carried out is not known");
        WIRE_MOCK.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void aLeaderThatDripsTheHeadOfItsAnswerIsNotAwaitedForEver() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        lead(socket -> {
            readHead(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX-Long: ".getBytes(StandardCharsets.US_ASCII));
            while (!end.await(100, TimeUnit.MILLISECONDS)) {
                out.write('x');
                out.flush();
            }
        });

        assertProblem(post(), 504, "did not answer within");
        end.countDown();
    }

    @Test
    void aLeaderThatReadsNothingIsNotWrittenToForEver() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        lead(socket -> end.await());

        HttpResponse<String> answer = post(BodyPublishers.ofByteArray(new byte[32 << 20]));

        assertProblem(answer, 504, "did not answer within");
        end.countDown();
    }

    @Test
    void aRefusalBeforeTheBodyWasReadIsPassedOn() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        lead(socket -> {
            readHead(socket.getInputStream());
            socket.getOutputStream()
                    .write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nsmall"
                            .getBytes(StandardCharsets.US_ASCII));
            end.await();
        });

        String answer = RawHttp.exchange(
                follower.base().getPort(),
                "POST /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n"
                        + "x".repeat(1_000_000));

        assertThat(answer).startsWith("HTTP/1.1 413").endsWith("small");
        end.countDown();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1000\r\n\r\nhalf",
                "Content-Length: 40\r\n\r\nhalf",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n"
            })
    void anAnswerThatBreaksOffEndsAsATruncatedOne(String half) throws Exception {
        lead(socket -> {
            readHead(socket.getInputStream());
            socket.getOutputStream().write(("HTTP/1.1 200 OK\r\n" + half).getBytes(StandardCharsets.US_ASCII));
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(this::post);
        String wire = RawHttp.exchange(
                follower.base().getPort(), "GET /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(wire).startsWith("HTTP/1.1 200").contains("half").doesNotContain("caught", "\r\n0\r\n");
        assertThat(wire.substring(wire.indexOf("\r\n\r\n"))).doesNotContain("status", "error");
    }

    @Test
    void anAnswerThatStallsEndsAsATruncatedOne() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        lead(socket -> {
            readHead(socket.getInputStream());
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII));
            end.await();
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(this::post);
        end.countDown();
    }

    @Test
    void anEndlessAnswerEndsWhenItsClientLeaves() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        lead(socket -> {
            readHead(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try {
                while (true) {
                    out.write(new byte[8192]);
                }
            } catch (IOException closed) {
                ended.countDown();
            }
        });

        try (InputStream body =
                CLIENT.send(request().build(), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(1 << 20)).hasSize(1 << 20);
        }

        await().until(() -> ended.getCount() == 0);
    }

    @Test
    void headersWithoutEndAreNoAnswer() throws Exception {
        lead(socket -> {
            readHead(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 2_000; i++) {
                out.write(("X-" + i + ": a\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        });

        assertProblem(post(), 502, "answered no HTTP");
    }

    @Test
    void aRequestThatBreaksOffIsNotFinishedForTheLeader() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        lead(socket -> {
            String head = readHead(socket.getInputStream());
            byte[] rest = new byte[0];
            try {
                rest = socket.getInputStream().readAllBytes();
            } catch (IOException reset) {
                // As good as an end.
            }
            seen.complete(head + new String(rest, StandardCharsets.US_ASCII));
        });

        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), follower.base().getPort())) {
            client.getOutputStream()
                    .write(("POST /work HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
        }

        assertThat(seen.get(60, TimeUnit.SECONDS)).doesNotContain("\r\n0\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"half\":", "{\"unpacked\":\"to more than came\"}"})
    void aBodyThatAFilterHasChangedIsNeverAWholeOneForTheLeader(String changed, CapturedOutput output)
            throws Exception {
        String sent = "{\"as\":\"sent\"}";
        CompletableFuture<String> body = new CompletableFuture<>();
        lead(socket -> {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            try (socket) {
                readHead(socket.getInputStream());
                socket.getInputStream().transferTo(received);
            } catch (IOException reset) {
                // As good as an end.
            }
            body.complete(received.toString(StandardCharsets.US_ASCII));
        });

        HttpResponse<String> answer = postChanged(sent, changed);

        assertProblem(answer, 500, "a filter of this node");
        assertThat(changed).startsWith(body.get(60, TimeUnit.SECONDS));
        assertThat(body.join()).hasSizeLessThan(sent.length());
        assertThat(output).contains("POST /work", "Content-Length: " + sent.length());
    }

    @Test
    void theRestOfABodyIsNotTakenFromTheNextRequest() throws Exception {
        lead(socket -> {
            readHead(socket.getInputStream());
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        });

        HttpResponse<String> first = postChanged("{\"as\":\"sent\"}", "");
        HttpResponse<String> next = post();

        assertThat(next.body()).isEqualTo("ok");
        assertThat(first.statusCode()).isEqualTo(500);
    }

    @Test
    void aBodyWhoseLengthAFilterHidesIsForwardedAsItIsNow() throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        lead(socket -> {
            readHead(socket.getInputStream());
            body.complete(readChunks(socket.getInputStream()));
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
        });

        HttpResponse<String> answer = CLIENT.send(
                request()
                        .header(ChangedBody.HEADER, "unpacked to more")
                        .header(ChangedBody.HIDES_LENGTH, "true")
                        .POST(BodyPublishers.ofString("packed"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.body()).isEqualTo("ok");
        assertThat(body.get(60, TimeUnit.SECONDS)).contains("unpacked to more");
    }

    /** Up to the last chunk, with the lengths between. */
    private static String readChunks(InputStream source) throws IOException {
        StringBuilder chunks = new StringBuilder();
        for (int next = source.read(); next >= 0 && chunks.indexOf("\r\n0\r\n\r") < 0; next = source.read()) {
            chunks.append((char) next);
        }
        return chunks.toString();
    }

    private static HttpResponse<String> postChanged(String body, String changed)
            throws IOException, InterruptedException {
        return CLIENT.send(
                request()
                        .header(ChangedBody.HEADER, changed)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void nothingIsRepeatedFollowedKeptOrUnpacked() throws Exception {
        byte[] packed = {31, -117, 8, 0, 1, 2, 3};
        answer(aResponse()
                .withStatus(302)
                .withHeader("Location", "http://elsewhere.example/")
                .withHeader("Set-Cookie", "session=1; Path=/")
                .withHeader("Content-Encoding", "gzip")
                .withBody(packed));

        HttpResponse<byte[]> first = CLIENT.send(request().build(), BodyHandlers.ofByteArray());
        CLIENT.send(request().build(), BodyHandlers.ofByteArray());

        assertThat(first.statusCode()).isEqualTo(302);
        assertThat(first.headers().firstValue("Location")).hasValue("http://elsewhere.example/");
        assertThat(first.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(first.body()).isEqualTo(packed);
        WIRE_MOCK.verify(2, anyRequestedFor(anyUrl()).withoutHeader("Cookie"));
    }

    @Test
    void aPathThatLooksLikeAHostStaysAPath() throws Exception {
        answer(aResponse().withBody("done"));

        String answer = RawHttp.exchange(
                follower.base().getPort(),
                "GET //evil.example/x?y=// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("done");
        WIRE_MOCK.verify(getRequestedFor(urlEqualTo("//evil.example/x?y=//")));
    }

    @Test
    void moreThanThePoolHoldsIsRefusedAndNotSent() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(2);
        lead(socket -> {
            readHead(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            busy.countDown();
            do {
                out.write('x');
                out.flush();
            } while (!end.await(100, TimeUnit.MILLISECONDS));
        });
        List<CompletableFuture<HttpResponse<InputStream>>> running = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            running.add(CLIENT.sendAsync(request().build(), BodyHandlers.ofInputStream()));
        }
        busy.await();

        HttpResponse<String> answer = post();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("2 requests are on their way to it already");
        end.countDown();
        running.forEach(CompletableFuture::join);
    }

    private long count(Outcome outcome) {
        return follower.counts().getOrDefault(outcome, 0L);
    }

    private void answer(ResponseDefinitionBuilder response) {
        WIRE_MOCK.stubFor(any(anyUrl()).willReturn(response));
        follower.follow(2, URI.create(WIRE_MOCK.baseUrl()));
    }

    private HttpResponse<String> post() throws IOException, InterruptedException {
        return post(BodyPublishers.ofString("{}"));
    }

    private HttpResponse<String> post(HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        return CLIENT.send(
                request().header("Content-Type", "application/json").POST(body).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request() {
        return HttpRequest.newBuilder(follower.url("/work"));
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains(words);
    }

    private interface Behaviour {
        void serve(Socket socket) throws Exception;
    }

    /** From now on the leader is one that does this with each connection. */
    private void lead(Behaviour behaviour) throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(listening);
        thread(() -> {
            while (true) {
                Socket socket = listening.accept();
                open.add(socket);
                thread(() -> {
                    try (socket) {
                        behaviour.serve(socket);
                    }
                });
            }
        });
        follower.follow(2, URI.create("http://127.0.0.1:" + listening.getLocalPort()));
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void thread(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Exception closed) {
                        // The test is over, or the other end left.
                    }
                },
                "faulty-leader");
        thread.setDaemon(true);
        thread.start();
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Import({Work.class, CatchAll.class, ChangedBody.class})
    static class Beans {}

    @RestController
    static class Work {

        @RequestMapping({"/work", "/**"})
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        String work() {
            return "done";
        }
    }

    /** Gives a body other than the one that came, where the client asks for it. */
    static class ChangedBody extends OncePerRequestFilter {

        static final String HEADER = "Changed-Body";
        static final String HIDES_LENGTH = "Hides-Length";

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String changed = request.getHeader(HEADER);
            if (changed == null) {
                chain.doFilter(request, response);
                return;
            }
            request.getInputStream().readAllBytes();
            ByteArrayInputStream body = new ByteArrayInputStream(changed.getBytes(StandardCharsets.UTF_8));
            boolean hidesLength = request.getHeader(HIDES_LENGTH) != null;
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public long getContentLengthLong() {
                            return hidesLength ? -1 : super.getContentLengthLong();
                        }

                        @Override
                        public ServletInputStream getInputStream() {
                            return new DelegatingServletInputStream(body);
                        }
                    },
                    response);
        }
    }

    @RestControllerAdvice
    static class CatchAll {

        @ExceptionHandler(Exception.class)
        ResponseEntity<String> any() {
            return ResponseEntity.internalServerError().body("caught");
        }
    }
}
