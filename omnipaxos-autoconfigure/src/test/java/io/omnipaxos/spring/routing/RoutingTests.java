package io.omnipaxos.spring.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Node 1 follows node 2, each an application with a context path of its own. */
@Timeout(120)
class RoutingTests {

    private static final long LARGE = 256L << 20;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RoutedApplication follower;
    private static RoutedApplication leader;
    private Map<Outcome, Long> before;

    @BeforeAll
    static void start() {
        follower = new RoutedApplication(1, "/near", Beans.class);
        leader = new RoutedApplication(2, "/far/away", Beans.class);
    }

    @AfterAll
    static void stop() {
        follower.close();
        leader.close();
    }

    @BeforeEach
    void lead() {
        await().until(follower::isIdle);
        leader.leadership().lead(42);
        follower.follow(2, leader.base());
        before = follower.counts();
    }

    @Test
    void redirectsToTheSameOnTheLeader() throws Exception {
        HttpResponse<String> answer =
                send(get("/redirect/a%26b%20c;v=1/%C3%A4?q=%26x%3D1&q=a+b%0d%0a&empty&percent=%25"));

        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location"))
                .hasValue(leader.base() + "/redirect/a%26b%20c;v=1/%C3%A4?q=%26x%3D1&q=a+b%0d%0a&empty&percent=%25");
        assertThat(answer.body()).isEmpty();
        assertCounted(Outcome.REDIRECTED);
        assertThat(CLIENT.send(
                                HttpRequest.newBuilder(URI.create(answer.headers()
                                                .firstValue("Location")
                                                .orElseThrow()))
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .contains("\"uri\":\"/far/away/redirect/a%26b%20c;v=1/%C3%A4\"");
    }

    @Test
    void redirectsNowhereElse() throws Exception {
        for (String path : List.of("//evil.example/redirect", "/redirect//evil.example", "/redirect/@evil.example")) {
            HttpResponse<String> answer = send(get(path));
            if (answer.statusCode() == 307) {
                assertThat(answer.headers().firstValue("Location").orElseThrow())
                        .startsWith("http://127.0.0.1:" + leader.base().getPort() + "/far/away/");
            }
        }
        assertThat(raw(follower.base(), "GET /near/redirect/x HTTP/1.1", "Host: evil.example", "Connection: close"))
                .contains("Location: " + leader.base() + "/redirect/x\r\n");
    }

    @Test
    void theSlashAtTheEndOfAnAdvertisedUrlIsNotDoubled() throws Exception {
        follower.follow(2, URI.create(leader.base() + "/"));

        assertThat(send(get("/redirect/x")).headers().firstValue("Location")).hasValue(leader.base() + "/redirect/x");
        assertThat(seen(send(get("/forward/x"))).get("uri").stringValue()).isEqualTo("/far/away/forward/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE"})
    void forwardsWhatWasSent(String method) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(
                        follower.url("/forward/a%26b%20c;v=1/%C3%A4?q=%26x%3D1&q=a+b&percent=%25"))
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("höflich"))
                .header("Content-Type", "text/plain;charset=UTF-8")
                .header("Accept", "application/json, text/*;q=0.1")
                .header("Accept-Encoding", "gzip")
                .header("Cookie", "a=b; c=d")
                .header("X-Two", "1")
                .header("X-Two", "2"));

        JsonNode seen = seen(answer);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().allValues("X-Answer")).containsExactly("one", "two");
        assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("s=1", "t=2");
        assertThat(answer.headers().allValues("X-Hop")).isEmpty();
        assertThat(seen.get("method").stringValue()).isEqualTo(method);
        assertThat(seen.get("uri").stringValue()).isEqualTo("/far/away/forward/a%26b%20c;v=1/%C3%A4");
        assertThat(seen.get("query").stringValue()).isEqualTo("q=%26x%3D1&q=a+b&percent=%25");
        assertThat(seen.get("body").stringValue()).isEqualTo(method.equals("GET") ? "" : "höflich");
        assertThat(seen.get("headers").get("accept").stringValue()).isEqualTo("application/json, text/*;q=0.1");
        assertThat(seen.get("headers").get("accept-encoding").stringValue()).isEqualTo("gzip");
        assertThat(seen.get("headers").get("cookie").stringValue()).isEqualTo("a=b; c=d");
        assertThat(seen.get("headers").get("x-two").stringValue()).isEqualTo("1|2");
        assertThat(seen.get("headers").get("content-type").stringValue()).isEqualTo("text/plain;charset=UTF-8");
        assertThat(seen.get("headers").has("transfer-encoding")).isFalse();
        assertCounted(Outcome.FORWARDED);
    }

    @Test
    void tellsTheLeaderWhoAskedAndTakesAwayWhatBelongsToAConnection() throws Exception {
        String answer = raw(
                follower.base(),
                "GET /near/forward/x HTTP/1.1",
                "Host: shop.example:81",
                "Connection: close, X-Private",
                "X-Private: secret",
                "Keep-Alive: timeout=5",
                "TE: trailers",
                "Upgrade: websocket",
                "Proxy-Authorization: Basic abc",
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-Host: evil.example",
                "Forwarded: for=198.51.100.1");

        JsonNode headers = new JsonMapper()
                .readTree(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
                .get("headers");
        assertThat(headers.get("host").stringValue())
                .isEqualTo("127.0.0.1:" + leader.base().getPort());
        assertThat(headers.get("x-forwarded-for").stringValue()).isEqualTo("203.0.113.7, 127.0.0.1");
        assertThat(headers.get("x-forwarded-proto").stringValue()).isEqualTo("http");
        assertThat(headers.get("x-forwarded-host").stringValue()).isEqualTo("shop.example:81");
        assertThat(headers.get("x-forwarded-port").stringValue()).isEqualTo("81");
        assertThat(headers.get("omnipaxos-forwarded").stringValue()).isEqualTo("1");
        for (String gone :
                List.of("x-private", "keep-alive", "te", "upgrade", "proxy-authorization", "forwarded", "user-agent")) {
            assertThat(headers.has(gone)).as(gone).isFalse();
        }
    }

    @Test
    void aLonePercentSignAndDoubledSlashesArriveAsTheyAre() throws Exception {
        String answer = raw(
                follower.base(),
                "GET /near/forward//x//y?rate=100% HTTP/1.1",
                "Host: shop.example",
                "Connection: close");

        assertThat(answer).contains("\"query\":\"rate=100%\"", "\"uri\":\"/far/away/forward//x//y\"");
    }

    @ParameterizedTest
    @CsvSource({
        "redirect, multipart/form-data; boundary=b, 307",
        "redirect, application/x-www-form-urlencoded, 307",
        "forward, multipart/form-data; boundary=b, 415",
        "forward, multipart/mixed; boundary=b, 415",
        "forward, Application/X-WWW-Form-Urlencoded;charset=UTF-8, 415"
    })
    void formsAreRedirectedButNotForwarded(String path, String type, int status) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(follower.url("/" + path + "/x"))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(
                        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--b--\r\n")));

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 415) {
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(answer.body()).contains("REDIRECT", "send JSON");
            assertCounted(Outcome.REJECTED);
        }
    }

    @Test
    void theLeaderItselfTakesForms() throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(leader.url("/form"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("amount=7")));

        assertThat(answer.body()).isEqualTo("7");
    }

    @Test
    void nothingOfARequestIsReadBeforeItIsForwarded() throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(follower.url("/form"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).as("without its parameter").isEqualTo(400);
        assertCounted(Outcome.FORWARDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward/x", "/redirect/x"})
    void aRequestIsRoutedOnce(String path) throws Exception {
        HttpResponse<String> answer = send(get(path).header("Omnipaxos-Forwarded", "3"));

        assertUnavailable(answer, "another node forwarded this request here");
        assertThat(answer.body()).contains("\"pid\":2", leader.base().toString());
        assertCounted(Outcome.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward/x", "/redirect/x"})
    void twoNodesThatTakeEachOtherForTheLeaderEndAfterOneHop(String path) throws Exception {
        leader.follow(1, follower.base());

        HttpResponse<String> answer = send(get(path));

        if (path.startsWith("/forward")) {
            assertUnavailable(answer, "another node forwarded this request here");
        } else {
            assertThat(answer.statusCode()).isEqualTo(307);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward/x", "/redirect/x"})
    void withoutALeaderTheClientIsToTryAgain(String path) throws Exception {
        follower.leadership().withoutLeader();
        HttpResponse<String> unknown = send(get(path));
        assertUnavailable(unknown, "no leader is known");
        assertThat(unknown.body()).contains("\"leader\":null", "Work.");

        follower.leadership().follow(1);
        HttpResponse<String> itself = send(get(path));
        assertUnavailable(itself, "leads no more");
        assertThat(itself.body()).contains("\"leader\":null");

        follower.leadership().follow(9);
        HttpResponse<String> nowhere = send(get(path));
        assertUnavailable(nowhere, "set omnipaxos.advertised-url on that node");
        assertThat(nowhere.body()).contains("\"pid\":9", "\"url\":null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward/x", "/redirect/x"})
    void theLeaderDoesItItself(String path) throws Exception {
        Map<Outcome, Long> counts = leader.counts();

        HttpResponse<String> answer = send(HttpRequest.newBuilder(leader.url(path)));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(seen(answer).get("headers").has("omnipaxos-forwarded")).isFalse();
        assertThat(difference(counts, leader.counts())).containsExactly(Map.entry(Outcome.RUN, 1L));
    }

    @Test
    void headGetsTheHeadersOfTheLeader() throws Exception {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder(follower.url("/download?bytes=1234")).method("HEAD", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Length")).hasValue("1234");
        assertCounted(Outcome.FORWARDED);
    }

    @Test
    void preflightsAndQuestionsForMethodsAreAnsweredHere() throws Exception {
        String answer = raw(
                follower.base(),
                "OPTIONS /near/cors HTTP/1.1",
                "Host: shop.example",
                "Connection: close",
                "Origin: https://page.example",
                "Access-Control-Request-Method: GET");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("Access-Control-Allow-Origin: https://page.example");
        assertThat(send(HttpRequest.newBuilder(follower.url("/cors")).method("OPTIONS", BodyPublishers.noBody()))
                        .headers()
                        .firstValue("Allow"))
                .isPresent();
        assertThat(follower.counts()).isEqualTo(before);

        String actual = raw(
                follower.base(),
                "GET /near/cors HTTP/1.1",
                "Host: shop.example",
                "Connection: close",
                "Origin: https://page.example");
        assertThat(actual.split("Access-Control-Allow-Origin", -1)).as(actual).hasSize(2);
        assertCounted(Outcome.FORWARDED);
    }

    @Test
    void largeBodiesPassInBothDirections() throws Exception {
        HttpResponse<String> up = send(HttpRequest.newBuilder(follower.url("/upload"))
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofInputStream(() -> new Pattern(LARGE))));
        assertThat(up.body()).isEqualTo(LARGE + " bytes");

        HttpResponse<InputStream> down =
                CLIENT.send(get("/download?bytes=" + LARGE).build(), BodyHandlers.ofInputStream());
        assertThat(down.headers().firstValueAsLong("Content-Length")).hasValue(LARGE);
        assertThat(Pattern.check(down.body())).isEqualTo(LARGE);
    }

    @Test
    void whatTheClientSendsSlowlyArrivesAsItComes() throws Exception {
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), follower.base().getPort())) {
            OutputStream sending = client.getOutputStream();
            sending.write(("POST /near/lines HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int sent = '1'; sent <= '3'; sent++) {
                sending.write(("1\r\n" + (char) sent + "\r\n").getBytes(StandardCharsets.US_ASCII));
                sending.flush();
                assertThat(Work.ARRIVED.poll(30, TimeUnit.SECONDS)).isEqualTo(sent);
            }
            sending.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            sending.flush();
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n3");
        }
    }

    @Test
    void eventsArriveAsTheyAreSent() throws Exception {
        Work.SECOND_EVENT = new CountDownLatch(1);
        HttpResponse<InputStream> answer = CLIENT.send(get("/events").build(), BodyHandlers.ofInputStream());

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(new String(answer.body().readNBytes(9), StandardCharsets.UTF_8))
                .isEqualTo("data: 1\n\n");
        Work.SECOND_EVENT.countDown();
        assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("data: 2\n\n");
    }

    @Test
    void onceLetThroughARequestIsNotRoutedByItsAsyncDispatch() throws Exception {
        follower.leadership().lead(7);
        Work.LATER = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> answer =
                CLIENT.sendAsync(get("/later").build(), BodyHandlers.ofString());
        await().until(() -> follower.leadership().openAdmissions() == 1);

        follower.follow(2, leader.base());
        Work.LATER.complete("done");

        assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("done");
        assertCounted(Outcome.RUN);
    }

    @Test
    void theInterceptorsOfTheApplicationDecideFirst() throws Exception {
        assertThat(send(get("/forward/x").header("X-Deny", "yes")).statusCode()).isEqualTo(403);
        assertThat(follower.counts()).isEqualTo(before);
    }

    @Test
    void otherMethodsOfAControllerAreRejected() throws Exception {
        HttpResponse<String> answer = send(get("/plain"));

        assertUnavailable(answer, "Work.helper() runs on the leader only");
        assertCounted(Outcome.REJECTED);
    }

    @Test
    void theAnswerOfTheLeaderIsPassedOnWhateverItsStatus() throws Exception {
        assertThat(send(get("/fail")).statusCode()).isEqualTo(409);
        assertThat(send(get("/gone-elsewhere")).headers().firstValue("Location"))
                .hasValue("https://other.example/");
    }

    private static HttpRequest.Builder get(String path) {
        return HttpRequest.newBuilder(follower.url(path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    /** What a client cannot be made to send. */
    private static String raw(URI base, String... lines) throws IOException {
        return RawHttp.exchange(base.getPort(), String.join("\r\n", lines) + "\r\n\r\n");
    }

    private static JsonNode seen(HttpResponse<String> answer) {
        return new JsonMapper().readTree(answer.body());
    }

    /** An answer that was passed on as it came may be here before it is counted. */
    private void assertCounted(Outcome outcome) {
        await().untilAsserted(() ->
                assertThat(difference(before, follower.counts())).containsExactly(Map.entry(outcome, 1L)));
    }

    private static Map<Outcome, Long> difference(Map<Outcome, Long> before, Map<Outcome, Long> after) {
        Map<Outcome, Long> difference = new TreeMap<>();
        after.forEach((outcome, count) -> {
            long more = count - before.getOrDefault(outcome, 0L);
            if (more > 0) {
                difference.put(outcome, more);
            }
        });
        return difference;
    }

    private static void assertUnavailable(HttpResponse<String> answer, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains(words);
    }

    @Import({Work.class, Plain.class, CatchAll.class})
    static class Beans implements WebMvcConfigurer {

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new HandlerInterceptor() {
                @Override
                public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
                    response.setStatus(403);
                    return request.getHeader("X-Deny") == null && allowed(response);
                }

                private boolean allowed(HttpServletResponse response) {
                    response.setStatus(200);
                    return true;
                }
            });
        }
    }

    @RestController
    @LeaderOnly(otherwise = Otherwise.FORWARD)
    static class Work {

        private static final SynchronousQueue<Integer> ARRIVED = new SynchronousQueue<>();
        private static volatile CountDownLatch SECOND_EVENT = new CountDownLatch(0);
        private static volatile CompletableFuture<String> LATER = new CompletableFuture<>();

        @RequestMapping("/forward/**")
        ResponseEntity<Map<String, Object>> forwarded(HttpServletRequest request) throws IOException {
            return echo(request);
        }

        @RequestMapping("/redirect/**")
        @LeaderOnly(otherwise = Otherwise.REDIRECT)
        ResponseEntity<Map<String, Object>> redirected(HttpServletRequest request) throws IOException {
            return echo(request);
        }

        private static ResponseEntity<Map<String, Object>> echo(HttpServletRequest request) throws IOException {
            Map<String, String> headers = new TreeMap<>();
            Collections.list(request.getHeaderNames())
                    .forEach(name -> headers.put(
                            name.toLowerCase(java.util.Locale.ROOT),
                            String.join("|", Collections.list(request.getHeaders(name)))));
            Map<String, Object> seen = new TreeMap<>();
            seen.put("method", request.getMethod());
            seen.put("uri", request.getRequestURI());
            seen.put("query", String.valueOf(request.getQueryString()));
            seen.put("headers", headers);
            seen.put("body", new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            return ResponseEntity.status(201)
                    .header("X-Answer", "one", "two")
                    .header("Set-Cookie", "s=1", "t=2")
                    .header("Keep-Alive", "timeout=9")
                    .body(seen);
        }

        @PostMapping("/form")
        String form(@RequestParam("amount") int amount) {
            return String.valueOf(amount);
        }

        @GetMapping("/download")
        void download(@RequestParam("bytes") long bytes, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.setContentLengthLong(bytes);
            if (!request.getMethod().equals("HEAD")) {
                new Pattern(bytes).transferTo(response.getOutputStream());
            }
        }

        @PostMapping("/upload")
        String upload(HttpServletRequest request) throws IOException {
            return Pattern.check(request.getInputStream()) + " bytes";
        }

        @PostMapping("/lines")
        String lines(HttpServletRequest request) throws Exception {
            List<Integer> seen = new ArrayList<>();
            for (int next = request.getInputStream().read();
                    next >= 0;
                    next = request.getInputStream().read()) {
                ARRIVED.put(next);
                seen.add(next);
            }
            return String.valueOf(seen.size());
        }

        @GetMapping("/events")
        void events(HttpServletResponse response) throws Exception {
            response.setContentType("text/event-stream");
            response.flushBuffer();
            response.getOutputStream().print("data: 1\n\n");
            response.flushBuffer();
            SECOND_EVENT.await();
            response.getOutputStream().print("data: 2\n\n");
        }

        @GetMapping("/later")
        CompletableFuture<String> later() {
            return LATER;
        }

        @GetMapping("/cors")
        @CrossOrigin("https://page.example")
        String cors() {
            return "shared";
        }

        @GetMapping("/fail")
        ResponseEntity<String> fail() {
            return ResponseEntity.status(HttpStatus.CONFLICT).body("taken");
        }

        @GetMapping("/gone-elsewhere")
        ResponseEntity<Void> elsewhere() {
            return ResponseEntity.status(302)
                    .header("Location", "https://other.example/")
                    .build();
        }

        String helper() {
            return "helped";
        }
    }

    @RestController
    static class Plain {

        private final Work work;

        Plain(Work work) {
            this.work = work;
        }

        @GetMapping("/plain")
        String plain() {
            return work.helper();
        }
    }

    /** Would turn everything into status 500. */
    @RestControllerAdvice
    static class CatchAll {

        @ExceptionHandler(org.springframework.web.bind.MissingServletRequestParameterException.class)
        ResponseEntity<String> missing() {
            return ResponseEntity.badRequest().body("missing");
        }

        @ExceptionHandler(Exception.class)
        ResponseEntity<String> any() {
            return ResponseEntity.internalServerError().body("caught");
        }
    }

    /** So many bytes, each of which can be told from its neighbours, and none of which is kept. */
    private static final class Pattern extends InputStream {

        private final long length;
        private long position;

        private Pattern(long length) {
            this.length = length;
        }

        @Override
        public int read() {
            return position == length ? -1 : at(position++);
        }

        @Override
        public int read(byte[] buffer, int offset, int wanted) {
            if (position == length) {
                return -1;
            }
            int count = (int) Math.min(wanted, length - position);
            for (int i = 0; i < count; i++) {
                buffer[offset + i] = (byte) at(position + i);
            }
            position += count;
            return count;
        }

        private static int at(long position) {
            return (int) (position * 31 >>> 3) & 0xff;
        }

        /** How many bytes of the pattern there are; -1 if there is another one among them. */
        static long check(InputStream stream) throws IOException {
            byte[] buffer = new byte[8192];
            long position = 0;
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    if ((buffer[i] & 0xff) != at(position++)) {
                        return -1;
                    }
                }
            }
            return position;
        }
    }
}
