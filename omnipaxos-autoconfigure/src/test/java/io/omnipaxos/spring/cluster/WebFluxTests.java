package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.LeaderOnly;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.reactor.netty.NettyWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three applications on WebFlux and Netty, with ports for peers alone. */
class WebFluxTests {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static ThreeNodes nodes;
    private static ConfigurableApplicationContext leader;
    private static ConfigurableApplicationContext follower;

    @BeforeAll
    static void start() {
        nodes = new ThreeNodes(
                false,
                "http",
                pid -> List.of(
                        "--omnipaxos.election-tick-timeout=95",
                        "--spring.main.web-application-type=reactive",
                        "--server.port=0",
                        "--management.endpoints.web.exposure.include=omnipaxos",
                        "--spring.main.sources=" + Handlers.class.getName()));
        leader = nodes.awaitLeader();
        follower = nodes.contexts().stream()
                .filter(context -> context != leader)
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void theyRunOnNetty() {
        assertThat(((WebServerApplicationContext) leader).getWebServer()).isInstanceOf(NettyWebServer.class);
    }

    @Test
    void theLeaderDoesTheWorkOfItsHandlers() throws Exception {
        String token = String.valueOf(ThreeNodes.token(leader));

        assertThat(get(leader, "/annotated").body()).isEqualTo(token);
        assertThat(get(leader, "/functional").body()).isEqualTo(token);
    }

    @Test
    void aFollowerAnswersWithTheLeader() throws Exception {
        for (String path : List.of("/annotated", "/functional")) {
            HttpResponse<String> answer = get(follower, path);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            JsonNode problem = JsonMapper.shared().readTree(answer.body());
            assertThat(problem.path("status").asInt()).isEqualTo(503);
            assertThat(problem.path("instance").asString()).isEqualTo(path);
            assertThat(problem.path("leader").path("pid").asLong())
                    .isEqualTo(leader.getBean(NodeSettings.class).pid());
        }
    }

    @Test
    void anotherFailureIsNoneOfOurs() throws Exception {
        assertThat(get(follower, "/broken").statusCode()).isEqualTo(409);
    }

    /** As everywhere in WebFlux: what an exception handler of the application has answered, no other sees. */
    @Test
    void theHandlerOfTheApplicationComesFirst() throws Exception {
        assertThat(get(follower, "/handled").body()).isEqualTo("its own answer");
    }

    @Test
    void theEndpointShowsTheNode() throws Exception {
        HttpResponse<String> answer = get(leader, "/actuator/omnipaxos");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(answer.body()).path("isLeader").asBoolean())
                .isTrue();
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path) throws Exception {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Annotated.class, Handled.class})
    static class Handlers {

        @Bean
        Settlement settlement(Leadership leadership) {
            return new Settlement(leadership);
        }

        @Bean
        RouterFunction<ServerResponse> functional(Settlement settlement) {
            return RouterFunctions.route()
                    .GET(
                            "/functional",
                            request -> settled(settlement)
                                    .flatMap(token -> ServerResponse.ok().bodyValue(token)))
                    .GET("/broken", request -> Mono.error(new ResponseStatusException(HttpStatus.CONFLICT)))
                    .build();
        }
    }

    /** Leader-only work may block, so it does not belong on the threads of Netty. */
    private static Mono<String> settled(Settlement settlement) {
        return Mono.fromCallable(() -> String.valueOf(settlement.token())).subscribeOn(Schedulers.boundedElastic());
    }

    static class Settlement {

        private final Leadership leadership;

        Settlement(Leadership leadership) {
            this.leadership = leadership;
        }

        @LeaderOnly
        public long token() {
            return leadership.fencingToken();
        }
    }

    @RestController
    static class Annotated {

        private final Settlement settlement;

        Annotated(Settlement settlement) {
            this.settlement = settlement;
        }

        @GetMapping("/annotated")
        Mono<String> annotated() {
            return settled(settlement);
        }
    }

    @RestController
    static class Handled {

        private final Settlement settlement;

        Handled(Settlement settlement) {
            this.settlement = settlement;
        }

        @GetMapping("/handled")
        Mono<String> handled() {
            return settled(settlement);
        }

        @ExceptionHandler(Exception.class)
        String any() {
            return "its own answer";
        }
    }
}
