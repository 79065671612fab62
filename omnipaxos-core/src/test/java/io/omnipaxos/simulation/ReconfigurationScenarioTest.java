package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.VirtualCluster.MILLI;
import static io.omnipaxos.simulation.VirtualCluster.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.Command;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clusters of three, led by node 3, that change while commands are under way; safety is checked after every step. */
class ReconfigurationScenarioTest {

    private static final int SEEDS = 20;
    /** Each crashes the leader at every step. */
    private static final long CRASH_SEEDS = Long.getLong("crashSeeds", 1);

    private static final int MOST_STEPS = 5_000;

    /** What the cluster of nodes 1, 2 and 3 becomes. */
    private enum Change {
        SAME(1, 2, 3),
        ADD(1, 2, 3, 4),
        ADD_TWO(1, 2, 3, 4, 5),
        REMOVE(2, 3),
        REMOVE_LEADER(1, 2),
        REPLACE(2, 3, 4),
        REPLACE_LEADER(1, 2, 4),
        REPLACE_ALL(4, 5, 6),
        QUORUMS(new Quorums(5, 4, 2), 1, 2, 3, 4, 5);

        private final ClusterConfiguration next;

        Change(long... pids) {
            this(Quorums.majority(pids.length), pids);
        }

        Change(Quorums quorums, long... pids) {
            next = new ClusterConfiguration(2, Arrays.stream(pids).boxed().toList(), quorums);
        }

        /** Whether the next configuration cannot decide anything without node 3. */
        boolean needsLeader() {
            return next.contains(3) && next.quorums().read() == next.nodes().size();
        }

        int spares() {
            return (int) next.nodes().stream().filter(pid -> pid > 3).count();
        }
    }

    @ParameterizedTest
    @EnumSource
    void undisturbedTheNextConfigurationLeadsSoon(Change change) {
        List<Double> timeouts = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = settled(seed, change);
            reconfigure(cluster, change.next);
            propose(cluster, 3);
            timeouts.add(cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT) / (double) TIMEOUT);

            propose(cluster, 3);
            cluster.run(3 * TIMEOUT);

            assertEverybodyHasEverything(cluster, 2);
        }
        timeouts.sort(null);
        System.out.printf(
                "%-15s election timeouts from the request to a leader of the next configuration: min %.2f, median %.2f,"
                        + " max %.2f over %d seeds%n",
                change, timeouts.get(0), timeouts.get(SEEDS / 2), timeouts.get(SEEDS - 1), SEEDS);
        assertThat(timeouts.get(SEEDS - 1)).as("nobody waits for an election").isLessThan(0.5);
    }

    @ParameterizedTest
    @EnumSource
    void whereverTheLeaderCrashesOneConfigurationGoesOn(Change change) {
        long changed = 0;
        long kept = 0;
        for (long seed = 0; seed < CRASH_SEEDS; seed++) {
            for (int step = 0; step < MOST_STEPS; step++) {
                VirtualCluster cluster = settled(seed, change);
                reconfigure(cluster, change.next);
                propose(cluster, 1);
                if (!runSteps(cluster, step)) {
                    break;
                }
                cluster.node(3).crash();
                assertGoesOn(cluster, step, change);
                boolean isChanged = cluster.newestConfiguration() == 2;
                changed += isChanged ? 1 : 0;
                kept += isChanged ? 0 : 1;
            }
        }
        System.out.printf(
                "%-15s the leader crashed in %d steps: changed %d, kept %d%n", change, changed + kept, changed, kept);
        assertThat(changed).isPositive();
        assertThat(kept).isPositive();
    }

    /** Lets so many things happen; false if the next configuration was led before. */
    private static boolean runSteps(VirtualCluster cluster, int count) {
        for (int i = 0; i < count; i++) {
            if (isLed(cluster, 2)) {
                return false;
            }
            cluster.step();
        }
        return true;
    }

    private static void assertGoesOn(VirtualCluster cluster, int step, Change change) {
        VirtualNode crashed = cluster.node(3);
        try {
            if (change.needsLeader()) {
                cluster.run(TIMEOUT);
                crashed.start();
            }
            cluster.runUntilLeader(10 * TIMEOUT);
            propose(cluster, 1);
            cluster.run(TIMEOUT);
            if (!crashed.isUp()) {
                crashed.start();
            }
            // It may have promised its own ballot, above which the others lead again after four timeouts.
            cluster.run(6 * TIMEOUT);
            assertEverybodyHasEverything(cluster, cluster.newestConfiguration());
        } catch (AssertionError failure) {
            throw new AssertionError("crash at step " + step + " of seed " + cluster.seed(), failure);
        }
    }

    @Test
    void whoJoinsALongLogGetsASnapshotFirst() {
        VirtualCluster cluster = settled(7, Change.SAME);
        for (int i = 0; i < 3; i++) {
            propose(cluster, 4);
            cluster.run(TIMEOUT);
            cluster.nodes().forEach(VirtualNode::takeSnapshot);
        }
        cluster.withSpares(1);
        cluster.node(4).start();

        reconfigure(cluster, Change.ADD.next);
        cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT);
        cluster.run(TIMEOUT);

        assertThat(cluster.node(4).disk().state().compactedIndex()).isPositive();
        assertEverybodyHasEverything(cluster, 2);
    }

    @Test
    void aMemberThatWasAwayLearnsOfTheNextConfigurationWhenItIsBack() {
        for (Change change : List.of(Change.SAME, Change.REPLACE_ALL, Change.REMOVE)) {
            VirtualCluster cluster = settled(3, change);
            cluster.isolate(1);
            reconfigure(cluster, change.next);
            cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT);
            propose(cluster, 2);
            cluster.run(TIMEOUT);
            assertThat(configurationOf(cluster.node(1))).as("%s", change).isEqualTo(1);

            cluster.heal();
            cluster.run(4 * TIMEOUT);

            assertEverybodyHasEverything(cluster, 2);
        }
    }

    @Test
    void whoWasToLeadFirstButWasAwayDisturbsNobodyWhenItIsBack() {
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = settled(seed, Change.SAME);
            reconfigure(cluster, Change.SAME.next);
            VirtualNode first = cluster.leader();
            cluster.runUntil(() -> first.replica().status().acceptedIndex() > decided(cluster), TIMEOUT);
            cluster.run(cluster.latencyNanos);
            first.crash();
            cluster.runUntil(() -> isLed(cluster, 2), 10 * TIMEOUT);
            cluster.run(3 * TIMEOUT);
            VirtualNode leader = cluster.leader();
            int grants = cluster.checker().grants;

            first.start();
            for (int i = 0; i < 100; i++) {
                cluster.run(TIMEOUT / 10);
                assertThat(leader.isLeader())
                        .as("seed %d %s", seed, cluster.describe())
                        .isTrue();
            }

            assertThat(cluster.checker().grants).isEqualTo(grants);
            assertEverybodyHasEverything(cluster, 2);
        }
    }

    private static int decided(VirtualCluster cluster) {
        return cluster.checker().decided().size();
    }

    @Test
    void aMemberThatWasAwayForSeveralConfigurationsGoesThroughThemAll() {
        VirtualCluster cluster = settled(5, Change.REPLACE);
        cluster.node(1).crash();
        reconfigure(cluster, ClusterConfiguration.majority(2, List.of(2L, 3L, 4L)));
        cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT);
        cluster.run(TIMEOUT);
        reconfigure(cluster, ClusterConfiguration.majority(3, List.of(2L, 3L)));
        cluster.runUntil(() -> isLed(cluster, 3), 8 * TIMEOUT);
        cluster.run(TIMEOUT);

        cluster.node(1).start();
        cluster.run(4 * TIMEOUT);

        assertEverybodyHasEverything(cluster, 3);
        assertThat(cluster.node(1).notices.toString()).contains("configuration 2 after", "configuration 3 after");
    }

    @Test
    void whoIsRemovedKnowsItAndItsCommandsAreDecidedAllTheSame() {
        VirtualCluster cluster = settled(4, Change.REMOVE_LEADER);
        reconfigure(cluster, Change.REMOVE_LEADER.next);
        cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT);
        cluster.run(TIMEOUT);
        VirtualNode removed = cluster.node(3);
        assertThat(removed.replica().status().phase()).isEqualTo(Phase.LEARNING);
        assertThat(removed.replica().status().eligible()).isFalse();
        int before = commandsOf(cluster, 3);

        cluster.propose(removed);
        cluster.run(TIMEOUT);

        assertThat(commandsOf(cluster, 3)).isEqualTo(before + 1);
        assertEverybodyHasEverything(cluster, 2);
    }

    @Test
    void tokensRiseOverConfigurations() {
        VirtualCluster cluster = settled(6, Change.REPLACE_ALL);
        List<Long> tokens = new ArrayList<>(List.of(cluster.leader().lease().fencingToken()));
        List<List<Long>> members =
                List.of(List.of(4L, 5L, 6L), List.of(1L, 2L, 3L), List.of(3L), List.of(3L, 6L), List.of(1L, 5L, 6L));
        for (int i = 0; i < members.size(); i++) {
            long id = i + 2L;
            reconfigure(cluster, ClusterConfiguration.majority(id, members.get(i)));
            cluster.runUntil(() -> isLed(cluster, id), 12 * TIMEOUT);
            tokens.add(cluster.leader().lease().fencingToken());
            propose(cluster, 2);
            cluster.run(TIMEOUT);
        }

        assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
        assertEverybodyHasEverything(cluster, 6);
    }

    @Test
    void whatWasAcknowledgedWhileTheConfigurationEndedIsInTheLog() {
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = settled(seed, Change.REPLACE_ALL);
            cluster.drainNanos = TIMEOUT / 2;
            reconfigure(cluster, Change.REPLACE_ALL.next);
            for (int i = 0; i < 20; i++) {
                cluster.propose(cluster.node(1 + i % 6));
                cluster.run(50 * MILLI);
            }
            cluster.runUntil(() -> isLed(cluster, 2), 8 * TIMEOUT);
            cluster.run(2 * TIMEOUT);

            // That nothing refused is decided, and everything decided was proposed, is checked on the way.
            assertThat(cluster.checker().acknowledged()).isGreaterThan(3);
            assertEverybodyHasEverything(cluster, 2);
        }
    }

    // the small words

    private static VirtualCluster settled(long seed, Change change) {
        VirtualCluster cluster = new VirtualCluster(seed, 3).withSpares(change.spares());
        cluster.startAll();
        cluster.runUntilLeader(5 * TIMEOUT);
        cluster.run(2 * TIMEOUT);
        assertThat(cluster.leader().pid()).isEqualTo(3);
        propose(cluster, 2);
        cluster.run(TIMEOUT / 2);
        return cluster;
    }

    private static void reconfigure(VirtualCluster cluster, ClusterConfiguration next) {
        cluster.leader().take(at -> new Input.Reconfigure(next, at));
    }

    private static void propose(VirtualCluster cluster, int count) {
        for (int i = 0; i < count; i++) {
            cluster.nodes().stream().filter(VirtualNode::isLeader).forEach(cluster::propose);
            cluster.run(2 * MILLI);
        }
    }

    private static boolean isLed(VirtualCluster cluster, long configuration) {
        return cluster.nodes().stream().anyMatch(node -> node.isLeader() && configurationOf(node) == configuration);
    }

    private static long configurationOf(VirtualNode node) {
        return node.replica().status().configuration().id();
    }

    private static int commandsOf(VirtualCluster cluster, long pid) {
        return (int) cluster.checker().decided().stream()
                .filter(entry ->
                        entry instanceof Command command && command.id().pid() == pid)
                .count();
    }

    private static void assertEverybodyHasEverything(VirtualCluster cluster, long configuration) {
        for (VirtualNode node : cluster.nodes()) {
            assertThat(configurationOf(node)).as(cluster::describe).isEqualTo(configuration);
            assertThat(node.replica().status().decidedIndex())
                    .as(cluster::describe)
                    .isEqualTo(cluster.checker().decided().size());
        }
    }
}
