package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.actuate.OmniPaxosHealthIndicator;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Whole applications: a fourth one takes the place of one of three, signed, on ports for peers alone. */
@Timeout(180)
class JoiningContextsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Map<Long, String> urls = new HashMap<>();
    private final Map<Long, ConfigurableApplicationContext> contexts = new TreeMap<>();

    @AfterEach
    void stop() {
        contexts.values().forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void aNodeJoinsWithWhatWasCompactedAndAnotherLeaves() throws Exception {
        startThree();
        long leader = awaitLeader();
        for (int i = 0; i < 3; i++) {
            map(leader).put("key" + i, "x".repeat(100_000));
            node(leader).snapshot().get(30, TimeUnit.SECONDS);
        }
        await().atMost(PATIENCE).until(() -> status(leader).compactedIndex() > 0);
        map(leader).put("last", "value");
        long leaving =
                Stream.of(1L, 2L, 3L).filter(pid -> pid != leader).findFirst().orElseThrow();
        long staying = 6 - leader - leaving;

        start(4, List.of("--omnipaxos.join=" + urls.get(leaving)));
        await().atMost(PATIENCE).until(() -> node(4).status().isPresent());
        assertThat(health(4)).startsWith("OUT_OF_SERVICE joins the cluster");
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> contexts.get(leader)
                                .getBean(ClusterReconfiguration.class)
                                .reconfigure(Set.of(leader, staying, 4L), Map.of(4L, URI.create(urls.get(4L))))
                                .get(20, TimeUnit.SECONDS)
                        != null);

        await().atMost(PATIENCE).until(() -> status(4).configuration().contains(4));
        assertThat(status(4).configuration().nodes()).containsExactlyInAnyOrder(leader, staying, 4L);
        assertThat(status(4).configuration().addresses())
                .containsEntry(leader, urls.get(leader))
                .containsEntry(staying, urls.get(staying))
                .containsEntry(4L, urls.get(4L));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(health(4)).startsWith("UP node "));
        assertThat(map(4).get("key0")).contains("x".repeat(100_000));
        assertThat(map(4).get("last")).contains("value");
        map(4).put("last", "from 4");
        assertThat(map(staying).get("last")).contains("from 4");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(health(leaving)).startsWith("OUT_OF_SERVICE was removed by"));
    }

    private void startThree() {
        List<Integer> ports = FreePorts.find(4);
        for (long pid = 1; pid <= 4; pid++) {
            urls.put(pid, "http://127.0.0.1:" + ports.get((int) pid - 1));
        }
        List<String> peers = Stream.of(1L, 2L, 3L)
                .map(pid -> "--omnipaxos.peers." + pid + "=" + urls.get(pid))
                .collect(Collectors.toList());
        for (long pid = 1; pid <= 3; pid++) {
            start(pid, peers);
        }
    }

    private void start(long pid, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(
                "--omnipaxos.pid=" + pid,
                "--omnipaxos.election-tick-timeout=100",
                "--omnipaxos.storage.type=memory",
                "--omnipaxos.transport.port=" + URI.create(urls.get(pid)).getPort(),
                "--omnipaxos.transport.shared-secret=a secret of this test alone",
                "--management.metrics.use-global-registry=false",
                "--spring.main.banner-mode=off"));
        contexts.put(
                pid,
                new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run(all.toArray(String[]::new)));
    }

    private long awaitLeader() {
        await().atMost(PATIENCE).until(() -> leaders().size() == 1);
        return leaders().get(0);
    }

    private List<Long> leaders() {
        return contexts.keySet().stream()
                .filter(pid -> contexts.get(pid).getBean(Leadership.class).isLeader())
                .toList();
    }

    private RestartableNode node(long pid) {
        return contexts.get(pid).getBean(RestartableNode.class);
    }

    private NodeStatus status(long pid) {
        return node(pid).status().orElseThrow();
    }

    private ReplicatedMap<String> map(long pid) {
        return contexts.get(pid).getBean(ReplicatedMaps.class).get("test");
    }

    private String health(long pid) {
        var health = contexts.get(pid).getBean(OmniPaxosHealthIndicator.class).health();
        Status status = health.getStatus();
        return status.getCode() + " " + health.getDetails().get("reason");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
