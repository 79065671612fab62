package io.omnipaxos.sample;

import static io.omnipaxos.sample.cluster.SampleCluster.assertSettledOnceWithoutGap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.LeaderClaims;
import io.omnipaxos.sample.cluster.SampleCluster;
import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import io.omnipaxos.sample.cluster.SampleNode;
import io.omnipaxos.sample.cluster.SampleNode.Leading;
import io.omnipaxos.sample.cluster.SampleNode.Settled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three real processes, and what happens to them. */
class ClusterIT {

    private static final String FAST = "--sample.settlement.interval=50ms";
    private static final Duration SOON = Duration.ofSeconds(120);

    @RegisterExtension
    final SampleCluster cluster = new SampleCluster(3);

    @Test
    void oneOfThreeLeadsAndSettlesEachNumberOnce() {
        cluster.start(FAST);

        Leading leader = cluster.awaitLeader();

        assertThat(leader.token()).isPositive();
        cluster.awaitSettled(20);
        assertThat(cluster.nodes()).allSatisfy(node -> assertSettledOnceWithoutGap(node.settlements()));
    }

    @Test
    void nothingAcknowledgedIsLostWithAKilledLeader() {
        cluster.start(FAST);
        Leading first = cluster.awaitLeader();
        SampleNode killed = cluster.node(first.pid());
        List<SampleNode> survivors = cluster.others(killed);
        Map<String, String> acknowledged = new TreeMap<>();
        putEach(acknowledged, "before", cluster.nodes());

        killed.process().kill();
        putEach(acknowledged, "meanwhile", survivors);
        Leading second = cluster.awaitLeader();
        killed.process().start();
        cluster.awaitLeader();
        putEach(acknowledged, "after", cluster.nodes());

        assertThat(second.pid()).isNotEqualTo(first.pid());
        assertThat(second.token()).isGreaterThan(first.token());
        assertHolds(acknowledged);
        cluster.awaitSettled(killed.awaitLastSettled() + 5);
        assertThat(cluster.nodes()).allSatisfy(node -> assertSettledOnceWithoutGap(node.settlements()));
    }

    @Test
    void everythingIsThereAfterAllWereKilled() {
        cluster.start(FAST);
        Leading before = cluster.awaitLeader();
        cluster.awaitSettled(5);
        Map<String, String> acknowledged = new TreeMap<>();
        putEach(acknowledged, "before", cluster.nodes());
        List<Settled> settled = cluster.node(before.pid()).settlements();

        cluster.nodes().forEach(node -> node.process().kill());
        cluster.nodes().forEach(node -> node.process().start());
        Leading after = cluster.awaitLeader();

        assertThat(after.token()).isGreaterThan(before.token());
        assertHolds(acknowledged);
        cluster.awaitSettled(settled.size() + 5L);
        assertThat(cluster.nodes()).allSatisfy(node -> {
            List<Settled> now = node.settlements();
            assertThat(now).startsWith(settled.toArray(Settled[]::new));
            assertSettledOnceWithoutGap(now);
        });
    }

    @Test
    void aPausedLeaderNeverLeadsBesideItsSuccessor() {
        cluster.start(FAST);
        Leading first = cluster.awaitLeader();
        SampleNode paused = cluster.node(first.pid());

        try (LeaderClaims claims = new LeaderClaims(cluster.nodes())) {
            await("claims of the first leader").atMost(SOON).until(() -> claims.count(first.token()) > 5);
            paused.process().pause();
            awaitOtherLeader(paused);
            await("some seconds of the others").atMost(SOON).until(() -> claims.countAfter(first.token()) > 100);
            paused.process().resume();
            await("the first leader follows again")
                    .atMost(SOON)
                    .until(() ->
                            paused.leader().filter(pid -> pid != paused.pid()).isPresent());
            claims.assertNeverTwo();
        }

        cluster.awaitLeader();
        cluster.awaitSettled(paused.awaitLastSettled() + 5);
        assertThat(cluster.nodes()).allSatisfy(node -> assertSettledOnceWithoutGap(node.settlements()));
    }

    @Test
    void aSettlementThatRunsEndsBeforeAPlannedChange() {
        cluster.start(
                FAST,
                "--sample.settlement.duration=2s",
                "--logging.level.io.omnipaxos.sample=debug",
                // Nothing but the end of the process is to move leadership.
                "--omnipaxos.election-tick-timeout=100");
        Leading first = cluster.awaitLeader();
        SampleNode stopped = cluster.node(first.pid());
        SampleNode survivor = cluster.others(stopped).get(0);
        await("the second settlement")
                .atMost(SOON)
                .until(() -> stopped.process().tail().contains("settlement 2 begins"));

        stopped.process().terminate();
        stopped.process().awaitExit(SOON);
        Leading second = cluster.awaitLeader();

        assertThat(second.pid()).isNotEqualTo(first.pid());
        assertThat(second.token()).isGreaterThan(first.token());
        cluster.awaitSettled(3);
        List<Settled> settlements = survivor.settlements();
        assertSettledOnceWithoutGap(settlements);
        assertThat(settlements)
                .startsWith(
                        new Settled(1, first.pid(), first.token()),
                        new Settled(2, first.pid(), first.token()),
                        new Settled(3, second.pid(), second.token()));
    }

    @Test
    void oneOfThreeAloneRefusesToWriteUntilASecondIsBack() {
        cluster.start(FAST);
        SampleNode survivor = cluster.node(cluster.awaitLeader().pid());
        List<SampleNode> killed = cluster.others(survivor);

        killed.forEach(node -> node.process().kill());

        await("the survivor leads no more")
                .atMost(SOON)
                .until(() -> survivor.leading().isEmpty());
        await("writes are refused").atMost(SOON).untilAsserted(() -> {
            Answer refused = survivor.put("alone", "x");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.retryAfter())
                    .hasValueSatisfying(
                            seconds -> assertThat(Integer.parseInt(seconds)).isPositive());
        });
        assertThat(survivor.get("alone").status()).isEqualTo(503);

        killed.get(0).process().start();

        cluster.awaitLeader();
        put("together", "x", survivor);
        assertThat(survivor.get("together").body()).isEqualTo("x");
    }

    private void awaitOtherLeader(SampleNode former) {
        List<SampleNode> others = cluster.others(former);
        await("another leader")
                .atMost(SOON)
                .until(() -> others.stream().anyMatch(node -> node.leading().isPresent()));
    }

    private static void putEach(Map<String, String> acknowledged, String prefix, List<SampleNode> nodes) {
        for (int i = 0; i < 12; i++) {
            String key = prefix + "-" + i;
            put(key, "värde-" + i, nodes.get(i % nodes.size()));
            acknowledged.put(key, "värde-" + i);
        }
    }

    /** Again and again until it is acknowledged, as a client would. */
    private static void put(String key, String value, SampleNode node) {
        await("written " + key + " to node " + node.pid())
                .pollDelay(Duration.ZERO)
                .atMost(SOON)
                .untilAsserted(() -> {
                    Answer answer = node.put(key, value);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                    assertThat(answer.json().path("index").asLong()).isPositive();
                });
    }

    private void assertHolds(Map<String, String> acknowledged) {
        assertThat(cluster.nodes())
                .allSatisfy(node -> acknowledged.forEach((key, value) -> await().atMost(SOON)
                        .untilAsserted(() -> assertThat(node.get(key).body()).isEqualTo(value))));
    }
}
