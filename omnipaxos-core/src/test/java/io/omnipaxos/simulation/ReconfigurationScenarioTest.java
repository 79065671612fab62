package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.assertEverybodyHasEverything;
import static io.omnipaxos.simulation.Clusters.configurationOf;
import static io.omnipaxos.simulation.Clusters.inTimeouts;
import static io.omnipaxos.simulation.Clusters.leader;
import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.put;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.Command;
import io.omnipaxos.node.NodeStatus.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clusters of three, led by node 3, that change while commands are under way; safety is checked after every step. */
@QuietNodes
class ReconfigurationScenarioTest {

    private static final int SEEDS = 20;
    /** Each crashes the leader at steps that far apart: 1 leaves out none. */
    private static final int CRASH_STRIDE = Integer.getInteger("crashStride", 20);

    private static final int MOST_STEPS = 20_000;

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

        private final Set<Long> next;
        private final Quorums quorums;

        Change(long... pids) {
            this(Quorums.majority(pids.length), pids);
        }

        Change(Quorums quorums, long... pids) {
            this.next = Arrays.stream(pids).boxed().collect(Collectors.toCollection(TreeSet::new));
            this.quorums = quorums;
        }

        /** Whether the next configuration cannot decide anything without node 3. */
        boolean needsLeader() {
            return next.contains(3L) && quorums.read() == next.size();
        }

        int spares() {
            return (int) next.stream().filter(pid -> pid > 3).count();
        }
    }

    @ParameterizedTest
    @EnumSource
    void undisturbedTheNextConfigurationLeadsSoon(Change change) {
        double longest = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = settled(seed, change);
            Duration start = simulation.now();
            reconfigure(simulation, change);
            propose(simulation, 3);
            untilLed(simulation, 2);
            longest = Math.max(longest, inTimeouts(simulation.now().minus(start)));

            propose(simulation, 3);
            simulation.run(timeouts(3));

            assertEverybodyHasEverything(simulation, 2);
        }
        assertThat(longest).as("nobody waits for an election").isLessThan(0.5);
    }

    @ParameterizedTest
    @EnumSource
    void whereverTheLeaderCrashesOneConfigurationGoesOn(Change change) {
        long changed = 0;
        long kept = 0;
        for (int step = 0; step < MOST_STEPS; step += CRASH_STRIDE) {
            Simulation simulation = settled(change.ordinal(), change);
            put(simulation, 1);
            // Work that is to end first, so that some crashes come before the configuration has ended.
            perform(simulation, ActionKind.WORK, 3, 4);
            reconfigure(simulation, change);
            if (!runSteps(simulation, step)) {
                break;
            }
            perform(simulation, ActionKind.CRASH, 3);
            assertGoesOn(simulation, step, change);
            boolean isChanged = simulation.newestConfiguration() == 2;
            changed += isChanged ? 1 : 0;
            kept += isChanged ? 0 : 1;
        }
        assertThat(changed).as("kept %d", kept).isPositive();
        assertThat(kept).as("changed %d", changed).isPositive();
    }

    /** Lets so many things happen; false if the next configuration was led before. */
    private static boolean runSteps(Simulation simulation, int count) {
        for (int i = 0; i < count; i++) {
            if (isLed(simulation, 2)) {
                return false;
            }
            simulation.step();
        }
        return true;
    }

    private static void assertGoesOn(Simulation simulation, int step, Change change) {
        try {
            if (change.needsLeader()) {
                simulation.run(timeouts(1));
                perform(simulation, ActionKind.START, 3);
            }
            SimulatedNode unused = runUntilLeader(simulation, 10);
            propose(simulation, 1);
            simulation.run(timeouts(1));
            perform(simulation, ActionKind.START, 3);
            // It may have promised its own ballot, above which the others lead again after four timeouts.
            simulation.run(timeouts(6));
            assertEverybodyHasEverything(simulation, simulation.newestConfiguration());
        } catch (AssertionError failure) {
            throw new AssertionError("crash at step " + step, failure);
        }
    }

    @Test
    void whoJoinsALongLogGetsASnapshotFirst() {
        Simulation simulation = new Simulation(SimulationSettings.of(7, 3).withSpares(1));
        LongStream.rangeClosed(1, 3).forEach(pid -> perform(simulation, ActionKind.START, pid));
        settle(simulation);
        for (int i = 0; i < 3; i++) {
            propose(simulation, 4);
            simulation.run(timeouts(1));
            LongStream.rangeClosed(1, 3).forEach(pid -> perform(simulation, ActionKind.SNAPSHOT, pid));
        }
        perform(simulation, ActionKind.START, 4);

        reconfigure(simulation, Change.ADD);
        untilLed(simulation, 2);
        simulation.run(timeouts(1));

        assertThat(simulation.node(4).node().status().compactedIndex()).isPositive();
        assertEverybodyHasEverything(simulation, 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAME", "REPLACE_ALL", "REMOVE"})
    void aMemberThatWasAwayLearnsOfTheNextConfigurationWhenItIsBack(Change change) {
        Simulation simulation = settled(3, change);
        perform(simulation, ActionKind.ISOLATE, 1);
        reconfigure(simulation, change);
        untilLed(simulation, 2);
        propose(simulation, 2);
        simulation.run(timeouts(1));
        assertThat(configurationOf(simulation.node(1))).isEqualTo(1);

        perform(simulation, ActionKind.HEAL);
        simulation.run(timeouts(4));

        assertEverybodyHasEverything(simulation, 2);
    }

    @Test
    void whoWasToLeadFirstButWasAwayDisturbsNobodyWhenItIsBack() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = settled(seed, Change.SAME);
            reconfigure(simulation, Change.SAME);
            // The leader has written the end of the configuration, and sent it to the others.
            while (isLed(simulation, 1)) {
                simulation.step();
            }
            simulation.run(timeouts(0.011));
            assertThat(isLed(simulation, 2)).isFalse();
            perform(simulation, ActionKind.CRASH, 3);
            Duration unused = simulation.runUntil(() -> isLed(simulation, 2), timeouts(10));
            simulation.run(timeouts(3));
            SimulatedNode leader = leader(simulation);
            long leaderships = simulation.leaderships();

            perform(simulation, ActionKind.START, 3);
            simulation.runWhile(leader::isLeader, timeouts(10));

            assertThat(simulation.leaderships()).isEqualTo(leaderships);
            assertEverybodyHasEverything(simulation, 2);
        }
    }

    @Test
    void aMemberThatWasAwayForSeveralConfigurationsGoesThroughThemAll() {
        Simulation simulation = settled(5, Change.REPLACE);
        perform(simulation, ActionKind.CRASH, 1);
        reconfigure(simulation, 2, 3, 4);
        untilLed(simulation, 2);
        simulation.run(timeouts(1));
        reconfigure(simulation, 2, 3);
        untilLed(simulation, 3);
        simulation.run(timeouts(1));

        perform(simulation, ActionKind.START, 1);
        simulation.run(timeouts(4));

        assertEverybodyHasEverything(simulation, 3);
        assertThat(simulation.node(1).configurations()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whoIsRemovedKnowsItAndItsCommandsAreDecidedAllTheSame() {
        Simulation simulation = settled(4, Change.REMOVE_LEADER);
        reconfigure(simulation, Change.REMOVE_LEADER);
        untilLed(simulation, 2);
        simulation.run(timeouts(1));
        SimulatedNode removed = simulation.node(3);
        assertThat(removed.node().status().phase()).isEqualTo(Phase.NONE);
        assertThat(removed.node().status().withoutVote()).contains("no member of configuration 2");
        long before = commandsOf(simulation, 3);

        perform(simulation, ActionKind.PUT, 3, 1);
        simulation.run(timeouts(1));

        assertThat(commandsOf(simulation, 3)).isEqualTo(before + 1);
        assertEverybodyHasEverything(simulation, 2);
    }

    @Test
    void tokensRiseOverConfigurations() {
        Simulation simulation = settled(6, Change.REPLACE_ALL);
        List<Long> tokens = new ArrayList<>(List.of(tokenOfLeader(simulation)));
        long[][] members = {{4, 5, 6}, {1, 2, 3}, {3}, {3, 6}, {1, 5, 6}};
        for (int i = 0; i < members.length; i++) {
            reconfigure(simulation, members[i]);
            untilLed(simulation, i + 2L);
            tokens.add(tokenOfLeader(simulation));
            propose(simulation, 2);
            simulation.run(timeouts(1));
        }

        assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
        assertEverybodyHasEverything(simulation, 6);
    }

    @Test
    void whatWasAcknowledgedWhileTheConfigurationEndedIsInTheLog() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulationSettings settings = settings(seed, Change.REPLACE_ALL).withDrain(timeouts(1));
            Simulation simulation = settle(new Simulation(settings).startAll());
            long before = simulation.invariants().acknowledgedCount();
            perform(simulation, ActionKind.WORK, 3, timeouts(0.5).toMillis());
            reconfigure(simulation, Change.REPLACE_ALL);
            for (int i = 0; i < 20; i++) {
                perform(simulation, ActionKind.PUT, 1 + i % 6, 1);
                simulation.run(timeouts(0.1));
            }
            untilLed(simulation, 2);
            simulation.run(timeouts(2));

            // That nothing refused is decided, and everything decided was proposed, is checked on the way.
            assertThat(simulation.invariants().acknowledgedCount()).isGreaterThan(before + 3);
            assertEverybodyHasEverything(simulation, 2);
        }
    }

    // the small words

    private static SimulationSettings settings(long seed, Change change) {
        // Small enough for some logs to need several pieces, large enough for one command.
        int messageBytes = 4096 << seed % 9;
        return SimulationSettings.of(seed, 3).withSpares(change.spares()).withSnapshots(Long.MAX_VALUE, messageBytes);
    }

    private static Simulation settled(long seed, Change change) {
        return settle(new Simulation(settings(seed, change)).startAll());
    }

    private static Simulation settle(Simulation simulation) {
        SimulatedNode leader = runUntilLeader(simulation, 5);
        simulation.run(timeouts(2));
        perform(simulation, ActionKind.TRANSFER, leader.pid(), 3);
        Duration unused = simulation.runUntil(() -> simulation.node(3).isLeader(), timeouts(1));
        propose(simulation, 2);
        simulation.run(timeouts(0.5));
        return simulation;
    }

    private static void reconfigure(Simulation simulation, Change change) {
        reconfigure(simulation, change.quorums, change.next);
    }

    private static void reconfigure(Simulation simulation, long... pids) {
        reconfigure(
                simulation,
                Quorums.majority(pids.length),
                Arrays.stream(pids).boxed().toList());
    }

    private static void reconfigure(Simulation simulation, Quorums quorums, Collection<Long> pids) {
        LongStream sizes = LongStream.of(quorums.read(), quorums.write());
        LongStream members = pids.stream().mapToLong(Long::longValue);
        perform(
                simulation,
                ActionKind.RECONFIGURE,
                LongStream.concat(sizes, members).toArray());
    }

    private static void propose(Simulation simulation, int count) {
        for (int i = 0; i < count; i++) {
            put(simulation, 1);
            simulation.run(Duration.ofMillis(2));
        }
    }

    private static void untilLed(Simulation simulation, long configuration) {
        Duration unused = simulation.runUntil(() -> isLed(simulation, configuration), timeouts(12));
    }

    private static boolean isLed(Simulation simulation, long configuration) {
        return simulation.nodes().stream().anyMatch(node -> node.isLeader() && configurationOf(node) == configuration);
    }

    private static long tokenOfLeader(Simulation simulation) {
        Long token = leader(simulation).node().status().fencingToken();
        assertThat(token).isNotNull();
        return token;
    }

    private static long commandsOf(Simulation simulation, long pid) {
        return simulation.invariants().decided().stream()
                .filter(entry ->
                        entry instanceof Command command && command.id().pid() == pid)
                .count();
    }
}
