package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.autoconfigure.NodeOnHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.context.support.StandardServletEnvironment;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The objects for Kubernetes fit each other, and each pod's node accepts what it is given. */
class KubernetesTests {

    private static final Path FILE = Path.of("..", "docs", "kubernetes.yml");

    private static final List<JsonNode> OBJECTS = new ArrayList<>();
    private static JsonNode set;
    private static JsonNode pod;
    private static JsonNode container;

    @BeforeAll
    static void read() throws IOException {
        new Yaml()
                .loadAll(Files.readString(FILE))
                .forEach(object -> OBJECTS.add(JsonMapper.shared().valueToTree(object)));
        set = object("StatefulSet", "app");
        pod = set.at("/spec/template/spec");
        container = pod.at("/containers/0");
    }

    static IntStream ordinals() {
        return IntStream.range(0, set.at("/spec/replicas").asInt());
    }

    @ParameterizedTest
    @MethodSource("ordinals")
    void theNodeOfEachPodAcceptsItsVariables(int ordinal) {
        NodeOnHost node = node(ordinal);

        assertThat(node.pid()).isEqualTo(ordinal + 1L);
        assertThat(node.members()).hasSize(3).containsEntry(node.pid(), peerUrl(ordinal));
        assertThat(node.properties().advertisedUrl()).isEqualTo("http://app-" + ordinal + ".app-peers:" + port("http"));
        assertThat(node.properties().transport().sharedSecret()).isNotBlank();
    }

    @Test
    void thePeersAreThePodsUnderTheirLastingNames() {
        assertThat(node(0).members().values())
                .containsExactlyElementsOf(
                        ordinals().mapToObj(KubernetesTests::peerUrl).toList());
    }

    @Test
    void noVariableIsMisspelt() throws IOException {
        assertThat(Variables.unknown(variables(0).keySet())).isEmpty();
        assertThat(Variables.unknown(Set.of("OMNIPAXOS_PID", "OMNIPAXOS_PIDD"))).containsExactly("OMNIPAXOS_PIDD");
    }

    @Test
    void theObjectsMeanTheSamePods() {
        JsonNode labels = set.at("/spec/template/metadata/labels");
        JsonNode service = object("Service", "app-peers");

        assertThat(set.at("/spec/serviceName").asString())
                .isEqualTo(service.at("/metadata/name").asString());
        assertThat(List.of(
                        set.at("/spec/selector/matchLabels"),
                        service.at("/spec/selector"),
                        object("Service", "app").at("/spec/selector"),
                        object("PodDisruptionBudget", "app").at("/spec/selector/matchLabels"),
                        object("NetworkPolicy", "app").at("/spec/podSelector/matchLabels"),
                        object("NetworkPolicy", "app").at("/spec/ingress/1/from/0/podSelector/matchLabels"),
                        pod.at("/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0"
                                + "/labelSelector/matchLabels"),
                        pod.at("/topologySpreadConstraints/0/labelSelector/matchLabels")))
                .containsOnly(labels);
        assertThat(pod.path("serviceAccountName").asString())
                .isEqualTo(object("ServiceAccount", "app").at("/metadata/name").asString());
    }

    @Test
    void nodesFindEachOtherBeforeAnybodyIsReady() {
        JsonNode service = object("Service", "app-peers").path("spec");

        assertThat(service.path("clusterIP").asString()).isEqualTo("None");
        assertThat(service.path("publishNotReadyAddresses").asBoolean()).isTrue();
        assertThat(set.at("/spec/podManagementPolicy").asString()).isEqualTo("Parallel");
    }

    @Test
    void thePortsAgree() {
        JsonNode peers = object("Service", "app-peers").at("/spec/ports/0");

        assertThat(node(0).properties().transport().port()).isEqualTo(port("peers"));
        assertThat(peers.path("port").asInt()).isEqualTo(port("peers"));
        assertThat(peers.path("targetPort").asString()).isEqualTo("peers");
        assertThat(object("Service", "app").at("/spec/ports/0/targetPort").asString())
                .isEqualTo("http");
        assertThat(variables(0)).containsEntry("MANAGEMENT_SERVER_PORT", String.valueOf(port("management")));
        assertThat(object("NetworkPolicy", "app").at("/spec/ingress").findValuesAsString("port"))
                .containsExactly("http", "peers");
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container.path(probe).at("/httpGet/port").asString())
                    .as(probe)
                    .isEqualTo("http");
        }
    }

    @Test
    void thereIsTimeToHandOverAndToEnd() {
        Duration phase = DurationStyle.detectAndParse(variables(0).get("SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE"));

        assertThat(node(0).handover()).isLessThanOrEqualTo(phase);
        assertThat(Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asLong()))
                .isGreaterThan(phase.multipliedBy(3));
    }

    @Test
    void whatANodePromisedIsOnItsVolume() {
        JsonNode mount = container.at("/volumeMounts/0");

        assertThat(mount.path("name").asString())
                .isEqualTo(set.at("/spec/volumeClaimTemplates/0/metadata/name").asString());
        assertThat(node(0).storageDirectory())
                .startsWithRaw(Path.of(mount.path("mountPath").asString()));
    }

    @Test
    void oneDisruptionAtATimeLeavesAQuorum() {
        int replicas = set.at("/spec/replicas").asInt();
        int away =
                object("PodDisruptionBudget", "app").at("/spec/maxUnavailable").asInt();

        assertThat(replicas - away).isGreaterThan(replicas / 2);
    }

    @Test
    void nothingIsAskedOfTheApiServer() {
        assertThat(OBJECTS).noneMatch(object -> object.path("kind").asString().contains("Role"));
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
    }

    @Test
    void theProbesAreGoodWithoutALeaderAndTheEndpointTakesActions() throws Exception {
        StandardServletEnvironment environment = Variables.into(new StandardServletEnvironment(), variables(0));
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .environment(environment)
                .run(
                        "--omnipaxos.pid-from-hostname=false",
                        "--omnipaxos.pid=1",
                        "--omnipaxos.storage.type=memory",
                        "--omnipaxos.transport.port=0",
                        "--omnipaxos.health.leaderless-after=1ms",
                        "--server.port=0",
                        "--management.server.port=0",
                        "--management.metrics.use-global-registry=false",
                        "--spring.main.banner-mode=off")) {
            String application = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
            String endpoints =
                    "http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port") + "/actuator/";
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                String path = container.path(probe).at("/httpGet/path").asString();
                assertThat(get(application + path).statusCode()).as(probe).isEqualTo(200);
            }

            assertThat(get(endpoints + "health").statusCode()).isEqualTo(503);
            assertThat(get(endpoints + "omnipaxos").body()).contains("\"withoutVote\"");
            HttpResponse<String> refused = send(HttpRequest.newBuilder(URI.create(endpoints + "omnipaxos"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"transfer\",\"to\":1}")));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("no leader is known");
        }
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode object(String kind, String name) {
        return OBJECTS.stream()
                .filter(object -> object.path("kind").asString().equals(kind))
                .filter(object -> object.at("/metadata/name").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    private static int port(String name) {
        for (JsonNode port : container.path("ports")) {
            if (port.path("name").asString().equals(name)) {
                return port.path("containerPort").asInt();
            }
        }
        throw new AssertionError("the container has no port " + name);
    }

    private static String peerUrl(int ordinal) {
        return "http://" + podName(ordinal) + "." + set.at("/spec/serviceName").asString() + ":" + port("peers");
    }

    private static String podName(int ordinal) {
        return set.at("/metadata/name").asString() + "-" + ordinal;
    }

    private static NodeOnHost node(int ordinal) {
        return NodeOnHost.bind(Variables.into(new StandardEnvironment(), variables(ordinal)), podName(ordinal));
    }

    /** As Kubernetes would fill them in. A key of a secret that is optional is not there. */
    private static Map<String, String> variables(int ordinal) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode variable : container.path("env")) {
            JsonNode source = variable.path("valueFrom");
            String name = variable.path("name").asString();
            if (source.has("fieldRef")) {
                assertThat(source.at("/fieldRef/fieldPath").asString()).isEqualTo("metadata.name");
                variables.put(name, podName(ordinal));
            } else if (!source.has("secretKeyRef")) {
                variables.put(name, variable.path("value").asString().replace("$(POD_NAME)", podName(ordinal)));
            } else if (!source.at("/secretKeyRef/optional").asBoolean(false)) {
                variables.put(
                        name,
                        "a long random text of "
                                + source.at("/secretKeyRef/name").asString());
            }
        }
        return variables;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
