package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page on the endpoint shows what nodes of a real cluster answer. */
class EndpointPageTests {

    private static final Path PAGE = Path.of("..", "docs", "endpoint.md");
    private static final Pattern EXAMPLE = Pattern.compile("```json\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern PART_OF_BALLOT =
            Pattern.compile(".*(ballot|promise|peers\\[]\\.leader)\\.(configurationId|n|priority|pid)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-zA-Z.\\[\\]]+)` \\| (.+?) \\|");

    private static ThreeNodes nodes;
    private static ConfigurableApplicationContext leader;

    @BeforeAll
    static void start() {
        nodes = new ThreeNodes(
                true,
                "http",
                pid -> List.of(
                        "--omnipaxos.election-tick-timeout=100",
                        "--management.endpoints.web.exposure.include=*",
                        "--management.endpoint.omnipaxos.access=unrestricted",
                        "--management.info.omnipaxos.enabled=true"));
        leader = nodes.awaitLeader();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void theExampleHasTheFieldsOfARealAnswer() {
        await().untilAsserted(() -> assertThat(fields(get(leader, "omnipaxos"))).isEqualTo(fields(example(0))));
    }

    /** What a ballot is made of is said once. */
    @Test
    void theTableHasEveryFieldAndNoOther() throws IOException {
        String reading = Files.readString(PAGE).split("## Write operations")[0];
        Set<String> expected = fields(example(0));
        expected.removeIf(
                field -> field.equals("log") || PART_OF_BALLOT.matcher(field).matches());

        assertThat(ROW.matcher(reading).results().map((MatchResult row) -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void theRefusalHasTheFieldsOfARealOne() throws Exception {
        ConfigurableApplicationContext follower = nodes.contexts().stream()
                .filter(node -> node != leader)
                .findFirst()
                .orElseThrow();

        HttpResponse<String> answer = post(follower, "{\"action\":\"transfer\",\"to\":2}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(fields(json(answer.body()))).isEqualTo(fields(example(1)));
    }

    @Test
    void theInfoHasTheFieldsOfARealOne() throws Exception {
        JsonNode info = get(leader, "info");

        assertThat(fields(info.path("omnipaxos"))).isEqualTo(fields(example(2).path("omnipaxos")));
    }

    /** The paths of all fields, those in the first element of a list included. */
    private static Set<String> fields(JsonNode node) {
        Set<String> found = new TreeSet<>();
        collect("", node, found);
        return found;
    }

    private static void collect(String path, JsonNode node, Set<String> found) {
        node.properties().forEach(field -> {
            String name = path + (path.isEmpty() ? "" : ".") + field.getKey();
            found.add(name);
            collect(name, field.getValue(), found);
        });
        if (node.isArray() && node.path(0).isObject()) {
            collect(path + "[]", node.path(0), found);
        }
    }

    private static JsonNode example(int index) throws IOException {
        return json(EXAMPLE.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList()
                .get(index));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static JsonNode get(ConfigurableApplicationContext node, String endpoint) throws Exception {
        return json(
                send(HttpRequest.newBuilder(url(node, endpoint)).GET().build()).body());
    }

    private static HttpResponse<String> post(ConfigurableApplicationContext node, String body) throws Exception {
        return send(HttpRequest.newBuilder(url(node, "omnipaxos"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static URI url(ConfigurableApplicationContext node, String endpoint) {
        return URI.create("http://127.0.0.1:" + nodes.port(node) + "/actuator/" + endpoint);
    }
}
