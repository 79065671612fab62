package io.omnipaxos.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.LeaderClaims;
import io.omnipaxos.sample.cluster.SampleCluster;
import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import io.omnipaxos.sample.cluster.SampleNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every node of a cluster under load is restarted in turn, as an update does it, and at last one is killed. */
class RollingUpdateIT {

    private static final Duration SOON = Duration.ofSeconds(120);

    @RegisterExtension
    final SampleCluster cluster = new SampleCluster(3);

    @Test
    void noTwoNodesLeadAndNothingIsRefusedOrLost() {
        // Three seconds, so that what the test does ends a lease, and nothing that the machine does.
        cluster.start("--sample.settlement.interval=20ms", "--omnipaxos.election-tick-timeout=60");
        cluster.awaitLeader();
        cluster.awaitSettled(3);

        Duration update;
        Map<String, String> acknowledged;
        try (Writers writers = new Writers(cluster.nodes())) {
            update = rollingUpdate(writers);
            assertThat(writers.refused)
                    .as("refused writes, by what was answered")
                    .isEmpty();
            acknowledged = writers.acknowledged;
        }
        Duration crash = crash();
        System.out.printf(
                "%d writes acknowledged, and none refused while three nodes were restarted; without a leader for at most"
                        + " %d ms in the update, and for %d ms when one was killed%n",
                acknowledged.size(), update.toMillis(), crash.toMillis());

        cluster.awaitLeader();
        cluster.awaitSettled(cluster.nodes().get(0).awaitLastSettled() + 3);
        for (SampleNode node : cluster.nodes()) {
            SampleCluster.assertSettledOnceWithoutGap(node.settlements());
        }
        acknowledged.entrySet().stream()
                .filter(write -> write.getKey().endsWith("7"))
                .forEach(write -> await().pollDelay(Duration.ZERO)
                        .atMost(SOON)
                        .untilAsserted(() -> assertThat(cluster.nodes()
                                        .get(0)
                                        .get(write.getKey())
                                        .body())
                                .isEqualTo(write.getValue())));
        assertThat(update).as("an orderly end costs less than a crash").isLessThan(crash);
    }

    /** Returns the longest time for which no node said that it leads. */
    private Duration rollingUpdate(Writers writers) {
        try (LeaderClaims claims = new LeaderClaims(cluster.nodes())) {
            for (SampleNode node : cluster.nodes()) {
                restart(node, writers);
            }
            claims.assertNeverTwo();
            return claims.longestGap();
        }
    }

    private void restart(SampleNode node, Writers writers) {
        node.process().terminate();
        node.process().awaitExit(SOON);
        int before = writers.acknowledged.size();
        await("others go on without node " + node.pid())
                .atMost(SOON)
                .until(() -> writers.acknowledged.size() > before + 20);
        node.process().start();
        cluster.awaitLeader();
        // What readiness is for: the next one ends only once this one follows.
        await("node " + node.pid() + " is up to date").atMost(SOON).until(() -> isInStep(node));
    }

    private static boolean isInStep(SampleNode node) {
        return node.status()
                .map(status -> status.path("phase").asString())
                .filter("ACCEPT"::equals)
                .isPresent();
    }

    private Duration crash() {
        try (LeaderClaims claims = new LeaderClaims(cluster.nodes())) {
            long first = cluster.awaitLeader().token();
            await("claims").atMost(SOON).until(() -> claims.count(first) > 5);
            SampleNode leader = cluster.node(cluster.awaitLeader().pid());
            leader.process().kill();
            long second = cluster.awaitLeader().token();
            await("claims of the next").atMost(SOON).until(() -> claims.count(second) > 5);
            leader.process().start();
            claims.assertNeverTwo();
            return claims.longestGap();
        }
    }

    /** Clients that write without a pause; each goes to the next node where one does not answer. */
    private static final class Writers implements AutoCloseable {

        private static final int CLIENTS = 2;

        private final Map<String, String> acknowledged = new ConcurrentSkipListMap<>();
        private final Map<String, String> refused = new ConcurrentHashMap<>();
        private final AtomicInteger sequence = new AtomicInteger();
        private final List<SampleNode> nodes;
        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CLIENTS);

        Writers(List<SampleNode> nodes) {
            this.nodes = nodes;
            for (int client = 0; client < CLIENTS; client++) {
                threads.scheduleWithFixedDelay(this::write, 0, 5, TimeUnit.MILLISECONDS);
            }
        }

        private void write() {
            int number = sequence.incrementAndGet();
            String key = "key-" + number;
            for (int attempt = 0; attempt < nodes.size(); attempt++) {
                SampleNode node = nodes.get((number + attempt) % nodes.size());
                Answer answer = node.put(key, "value-" + number);
                if (answer.isOk()) {
                    acknowledged.put(key, "value-" + number);
                    return;
                }
                if (answer.status() != 0) {
                    refused.put(key, "node " + node.pid() + ": " + answer);
                    return;
                }
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
