package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.spring.transport.HttpTransport;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.spring.transport.PeerSecurity;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A node on the port of an application that Spring Security protects. */
@Timeout(120)
class BesideSpringSecurityTests {

    private static final String SECRET = "a secret of this test alone";
    private static final List<String> PATHS_OF_PEERS = List.of("/omnipaxos/messages", "/omnipaxos/members");

    private final HttpClient client = HttpClient.newHttpClient();
    private ServletWebServerApplicationContext context;

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void peersPassAndStrangersGetNoFurtherThanBefore() throws Exception {
        start(Application.class);

        try (HttpTransport peer = peer(SECRET)) {
            await().until(() -> reaches(peer));
        }
        for (String path : PATHS_OF_PEERS) {
            HttpResponse<String> unsigned = send(request(path).POST(BodyPublishers.ofString("hello")));
            assertThat(unsigned.statusCode()).isEqualTo(401);
            assertThat(unsigned.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(unsigned.body()).contains("not signed");
            assertThat(unsigned.headers().map())
                    .doesNotContainKeys("WWW-Authenticate", "Set-Cookie", "X-Frame-Options");
        }
    }

    @Test
    void thePathsOfTheApplicationStayProtectedByBootsOwnChain() throws Exception {
        start(Application.class);

        assertThat(context.getBeansOfType(SecurityFilterChain.class)).containsOnlyKeys("managementSecurityFilterChain");
        assertThat(send(request("/hello")).statusCode()).isEqualTo(401);
        assertThat(send(as("operator", request("/hello"))).body()).isEqualTo("hello");
        for (String nearby : List.of(
                "/omnipaxos",
                "/omnipaxos/",
                "/omnipaxos/other",
                "/omnipaxos/messages/",
                "/omnipaxos//messages",
                "/omnipaxos/messages;a=b",
                "/omnipaxos/%6dessages",
                "/hello/../omnipaxos/messages")) {
            HttpResponse<String> answer = send(request(nearby).POST(BodyPublishers.noBody()));
            assertThat(answer.statusCode()).as(nearby).isIn(400, 401, 403);
            assertThat(answer.body()).as(nearby).doesNotContain("not signed");
        }
    }

    @Test
    void theActionsOfTheEndpointAreUnderTheRulesOfTheApplication() throws Exception {
        start(WithOwnRules.class);
        await().until(() -> context.getBean(Leadership.class).isLeader());

        assertThat(context.getBeansOfType(SecurityFilterChain.class)).containsOnlyKeys("ownRules");
        assertThat(send(request("/actuator/omnipaxos")).statusCode()).isEqualTo(401);
        assertThat(send(as("viewer", request("/actuator/omnipaxos"))).statusCode())
                .isEqualTo(200);
        assertThat(send(snapshot()).statusCode()).isEqualTo(401);
        assertThat(send(as("viewer", snapshot())).statusCode()).isEqualTo(403);
        assertThat(send(as("operator", snapshot())).body()).contains("\"action\":\"snapshot\"", "DONE");
        assertThat(send(request("/hello")).statusCode()).isEqualTo(401);
        try (HttpTransport peer = peer(SECRET)) {
            await().until(() -> reaches(peer));
        }
        try (HttpTransport stranger = peer("another secret")) {
            await().until(() -> {
                reaches(stranger);
                String error =
                        Objects.requireNonNull(stranger.connections().get(1L)).error();
                return error != null && error.contains("the signature does not match");
            });
        }
    }

    @Test
    void withoutALoginNothingOfTheEndpointIsShownOrDoneBehindBootsOwnChain() throws Exception {
        start(Application.class);

        assertThat(send(request("/actuator/omnipaxos")).statusCode()).isEqualTo(401);
        assertThat(send(snapshot()).statusCode()).isIn(401, 403);
        assertThat(send(as("operator", snapshot())).statusCode())
                .as("cross-site request forgery")
                .isIn(401, 403);
    }

    private void start(Class<?> application) {
        context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(application)
                .run(
                        "--spring.autoconfigure.exclude=",
                        "--spring.main.banner-mode=off",
                        "--spring.security.user.name=operator",
                        "--spring.security.user.password=pass",
                        "--server.port=0",
                        "--omnipaxos.pid=1",
                        "--omnipaxos.storage.type=memory",
                        "--omnipaxos.transport.shared-secret=" + SECRET,
                        "--management.metrics.use-global-registry=false",
                        "--management.endpoints.web.exposure.include=*",
                        "--management.endpoint.omnipaxos.access=unrestricted");
    }

    private static boolean reaches(HttpTransport peer) {
        peer.send(List.of(new Envelope("omnipaxos", 1, 2, 1, new HeartbeatRequest(1, 1))));
        return Objects.requireNonNull(peer.connections().get(1L)).reachable();
    }

    /** Node 2, which is no member, but may ask. */
    private HttpTransport peer(String secret) {
        HttpTransportSettings settings = new HttpTransportSettings(
                "omnipaxos",
                2,
                "/omnipaxos",
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(4),
                1 << 20,
                PeerSecurity.sharedSecret(secret),
                true);
        HttpTransport transport = new HttpTransport(settings, pid -> base());
        transport.members(ClusterConfiguration.majority(1, List.of(1L, 2L)));
        transport.start(new Transport.Receiver() {
            @Override
            public boolean received(Envelope envelope) {
                return true;
            }

            @Override
            public void reconnected(long pid) {}
        });
        return transport;
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + context.getWebServer().getPort());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base() + path));
    }

    private HttpRequest.Builder snapshot() {
        return request("/actuator/omnipaxos")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"action\":\"snapshot\"}"));
    }

    private static HttpRequest.Builder as(String user, HttpRequest.Builder request) {
        byte[] credentials = (user + ":pass").getBytes(StandardCharsets.UTF_8);
        return request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Hello.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Hello.class)
    static class WithOwnRules {

        @Bean
        SecurityFilterChain ownRules(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.GET, "/actuator/**")
                            .hasAnyRole("VIEWER", "OPERATOR")
                            .requestMatchers("/actuator/**")
                            .hasRole("OPERATOR")
                            .anyRequest()
                            .authenticated())
                    .csrf(csrf -> csrf.ignoringRequestMatchers("/actuator/**"))
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(user("viewer", "VIEWER"), user("operator", "OPERATOR"));
        }

        private static UserDetails user(String name, String role) {
            return User.withUsername(name).password("{noop}pass").roles(role).build();
        }
    }

    @RestController
    static class Hello {

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }
}
