package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.routing.LeaderHttpRequestInterceptor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Peers talk on ports of their own, and tell each other where clients reach them. */
@Timeout(300)
class RoutedClusterTests {

    private final HttpClient client = HttpClient.newHttpClient();
    private ThreeNodes nodes;
    private List<Integer> webPorts;

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void everyNodeAnswersForTheLeader() throws Exception {
        webPorts = FreePorts.find(3);
        nodes = new ThreeNodes(
                false,
                WebApplicationType.SERVLET,
                "http",
                pid -> List.of(
                        "--omnipaxos.election-tick-timeout=100",
                        "--server.port=" + webPorts.get(pid - 1),
                        "--server.servlet.context-path=/app" + pid,
                        "--omnipaxos.advertised-url=" + url(pid),
                        "--omnipaxos.transport.shared-secret=a secret of this test alone",
                        "--management.endpoints.web.exposure.include=omnipaxos"),
                Orders.class);
        ConfigurableApplicationContext leader = nodes.awaitLeader();
        assertThatAllAnswerFor(leader);

        ConfigurableApplicationContext successor = nodes.contexts().stream()
                .filter(context -> context != leader)
                .findFirst()
                .orElseThrow();
        await().atMost(ThreeNodes.PATIENCE)
                .until(() -> leader.getBean(Leadership.class)
                        .transferTo(pid(successor))
                        .get());
        await().atMost(ThreeNodes.PATIENCE)
                .until(() -> ThreeNodes.leads(successor)
                        && nodes.contexts().stream()
                                .allMatch(context -> context.getBean(Leadership.class)
                                        .leader()
                                        .filter(known -> known.pid() == pid(successor))
                                        .isPresent()));
        assertThatAllAnswerFor(successor);
    }

    private void assertThatAllAnswerFor(ConfigurableApplicationContext leader) throws Exception {
        String expected = "node " + pid(leader) + " took ";
        for (ConfigurableApplicationContext node : nodes.contexts()) {
            URI advertised = URI.create(url(pid(leader)));
            await().untilAsserted(
                            () -> assertThat(node.getBean(AdvertisedUrls.class).of(pid(leader)))
                                    .isEqualTo(advertised));

            assertThat(send(request(node, "/forwarded").POST(BodyPublishers.ofString("7")))
                            .body())
                    .isEqualTo(expected + 7);
            assertThat(send(request(node, "/actuator/omnipaxos")).body())
                    .contains("\"leader\":{\"pid\":" + pid(leader) + ",\"url\":\"" + url(pid(leader)) + "\"");
            RestClient own = RestClient.builder()
                    .baseUrl("http://leader")
                    .requestInterceptor(node.getBean(LeaderHttpRequestInterceptor.class))
                    .build();
            assertThat(own.get().uri("/redirected?a=b").retrieve().body(String.class))
                    .isEqualTo(expected + "nothing");
            if (node != leader) {
                HttpResponse<String> redirected = send(request(node, "/redirected?a=b"));
                assertThat(redirected.statusCode()).isEqualTo(307);
                assertThat(redirected.headers().firstValue("Location")).hasValue(url(pid(leader)) + "/redirected?a=b");
            }
        }
    }

    private long pid(ConfigurableApplicationContext node) {
        return nodes.contexts().indexOf(node) + 1;
    }

    private String url(long pid) {
        return "http://127.0.0.1:" + webPorts.get((int) pid - 1) + "/app" + pid;
    }

    private HttpRequest.Builder request(ConfigurableApplicationContext node, String path) {
        return HttpRequest.newBuilder(URI.create(url(pid(node)) + path)).header("Content-Type", "text/plain");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @RestController
    static class Orders {

        private final Environment environment;

        Orders(Environment environment) {
            this.environment = environment;
        }

        @PostMapping("/forwarded")
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        String forwarded(@RequestBody String body) {
            return "node " + environment.getProperty("omnipaxos.pid") + " took " + body;
        }

        @GetMapping("/redirected")
        @LeaderOnly(otherwise = Otherwise.REDIRECT)
        String redirected() {
            return "node " + environment.getProperty("omnipaxos.pid") + " took nothing";
        }
    }
}
