package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.RestartableNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What the page on Kubernetes says of more nodes and fewer, with applications for pods and directories for volumes. */
@Timeout(300)
class ScalingTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Not under the temporary directory, which is refused. */
    private final Path volumes = Path.of("target", "volumes", UUID.randomUUID().toString());

    private final Map<Long, String> urls = new TreeMap<>();
    private final Map<Long, ConfigurableApplicationContext> pods = new TreeMap<>();

    @AfterEach
    void stop() {
        pods.values().forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void aPodIsAMemberOnlyAfterTheRequestToTheLeader() {
        chooseUrls();
        for (long pid = 1; pid <= 3; pid++) {
            start(pid, peers(3));
        }
        awaitInStep(1, 2, 3);
        long leader = leader();

        // Started without anything else, it is heard by nobody.
        start(4, peers(3));
        await().atMost(PATIENCE).until(() -> status(4).peers().stream().allMatch(NodeStatus.PeerStatus::reachable));
        assertThat(status(4).withoutVote()).isNotNull();
        assertThat(status(4).leader()).isNull();
        assertThat(leader()).isEqualTo(leader);

        // It needs nothing but the address of a member, even with the volume that it had.
        restart(4, List.of("--omnipaxos.join=" + urls.get(1L)));
        reconfigure(1, 2, 3, 4);
        awaitInStep(1, 2, 3, 4);

        // Then all are given the peers again.
        restart(4, peers(4));
        awaitInStep(1, 2, 3, 4);
        assertThat(status(4).configuration().nodes()).containsExactly(1L, 2L, 3L, 4L);

        // Removed, stopped and taken in again, it goes on from its old volume.
        reconfigure(1, 2, 3);
        await().atMost(PATIENCE)
                .until(() -> !status(1).configuration().contains(4)
                        && !status(2).configuration().contains(4)
                        && !status(3).configuration().contains(4));
        restart(4, peers(4));
        reconfigure(1, 2, 3, 4);
        awaitInStep(1, 2, 3, 4);
    }

    private void chooseUrls() {
        for (long pid = 1; pid <= 4; pid++) {
            urls.put(pid, "http://127.0.0.1:" + FreePorts.one());
        }
    }

    private List<String> peers(long count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(pid -> "--omnipaxos.peers." + pid + "=" + urls.get(pid))
                .toList();
    }

    private void restart(long pid, List<String> arguments) {
        pods.remove(pid).close();
        start(pid, arguments);
    }

    private void start(long pid, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(
                "--omnipaxos.pid=" + pid,
                "--omnipaxos.election-tick-timeout=100",
                "--omnipaxos.storage.directory=" + volumes.resolve("data-app-" + (pid - 1)),
                "--omnipaxos.transport.port=" + URI.create(urls.get(pid)).getPort(),
                "--omnipaxos.transport.shared-secret=a secret of this test alone",
                "--management.metrics.use-global-registry=false",
                "--spring.main.banner-mode=off"));
        pods.put(
                pid,
                new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run(all.toArray(String[]::new)));
    }

    private void reconfigure(long... nodes) {
        Map<Long, URI> addresses = new TreeMap<>();
        Set<Long> members = new TreeSet<>();
        for (long pid : nodes) {
            members.add(pid);
            addresses.put(pid, URI.create(urls.get(pid)));
        }
        // Who led a moment ago may lead no more.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> pods.get(leader())
                                .getBean(ClusterReconfiguration.class)
                                .reconfigure(members, addresses)
                                .get(20, TimeUnit.SECONDS)
                        != null);
    }

    private long leader() {
        await().atMost(PATIENCE).until(() -> pods.keySet().stream().anyMatch(this::leads));
        return pods.keySet().stream().filter(this::leads).findFirst().orElseThrow();
    }

    private boolean leads(long pid) {
        return node(pid).leadership().isLeader();
    }

    /** What the pages say to wait for. */
    private void awaitInStep(long... nodes) {
        await().atMost(PATIENCE)
                .until(() -> LongStream.of(nodes)
                        .allMatch(pid -> node(pid)
                                .status()
                                .filter(status -> status.phase() == NodeStatus.Phase.ACCEPT
                                        && status.leader() != null
                                        && status.withoutVote() == null)
                                .isPresent()));
    }

    private RestartableNode node(long pid) {
        return pods.get(pid).getBean(RestartableNode.class);
    }

    private NodeStatus status(long pid) {
        return node(pid).status().orElseThrow();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
