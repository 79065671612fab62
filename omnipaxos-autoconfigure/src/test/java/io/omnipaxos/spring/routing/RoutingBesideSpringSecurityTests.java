package io.omnipaxos.spring.routing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an application does not let in, it does not send on. */
@Timeout(120)
class RoutingBesideSpringSecurityTests {

    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.UTF_8));

    @RegisterExtension
    static final WireMockExtension LEADER = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    private static RoutedApplication follower;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        follower = new RoutedApplication(
                1,
                "",
                Beans.class,
                "--spring.autoconfigure.exclude=",
                "--spring.security.user.name=user",
                "--spring.security.user.password=pass");
    }

    @AfterAll
    static void stop() {
        follower.close();
    }

    @BeforeEach
    void follow() {
        follower.follow(2, URI.create(LEADER.baseUrl()));
        LEADER.stubFor(any(anyUrl())
                .willReturn(
                        aResponse().withHeader("Cache-Control", "max-age=60").withBody("done")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward", "/redirect"})
    void whoIsNotLoggedInIsRefusedOnThisNode(String path) throws Exception {
        assertThat(send(request(path)).statusCode()).isEqualTo(401);
        assertThat(send(request(path).header("Authorization", CREDENTIALS + "x"))
                        .statusCode())
                .isEqualTo(401);
        LEADER.verify(0, anyRequestedFor(anyUrl()));
        assertThat(follower.counts()).isEmpty();
    }

    @Test
    void credentialsGoAlongSoThatTheLeaderChecksThemAsWell() throws Exception {
        HttpResponse<String> answer = send(request("/forward").header("Authorization", CREDENTIALS));

        assertThat(answer.body()).isEqualTo("done");
        assertThat(answer.headers().allValues("Cache-Control")).containsExactly("max-age=60");
        LEADER.verify(getRequestedFor(urlEqualTo("/forward")).withHeader("Authorization", equalTo(CREDENTIALS)));
    }

    @Test
    void aTruncatedAnswerIsOneBehindTheFiltersOfSecurityToo() throws Exception {
        LEADER.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)));

        String wire = RawHttp.exchange(
                follower.base().getPort(),
                "GET /forward HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + CREDENTIALS + "\r\n\r\n");

        assertThat(wire).startsWith("HTTP/1.1 200").doesNotContain("\r\n0\r\n");
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(follower.url(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Import(Work.class)
    static class Beans {}

    @RestController
    static class Work {

        @RequestMapping("/forward")
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        String forwarded() {
            return "here";
        }

        @RequestMapping("/redirect")
        @LeaderOnly(otherwise = Otherwise.REDIRECT)
        String redirected() {
            return "here";
        }
    }
}
