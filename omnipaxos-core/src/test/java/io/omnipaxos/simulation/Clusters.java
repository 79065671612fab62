package io.omnipaxos.simulation;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;

/** The small words of tests about whole clusters. */
final class Clusters {

    static final Duration TIMEOUT = SimulationSettings.ELECTION_TIMEOUT;

    private Clusters() {}

    static Duration timeouts(double count) {
        return Duration.ofNanos((long) (count * TIMEOUT.toNanos()));
    }

    static double inTimeouts(Duration time) {
        return time.toNanos() / (double) TIMEOUT.toNanos();
    }

    static void perform(Simulation simulation, ActionKind kind, long... arguments) {
        simulation.perform(Action.at(0, kind, arguments));
    }

    /** A started cluster that has had a leader for a while, which has decided something. */
    static Simulation settled(Simulation simulation) {
        simulation.startAll();
        runUntilLeader(simulation, 5);
        simulation.run(timeouts(3));
        put(simulation, 1);
        simulation.run(timeouts(0.2));
        return simulation;
    }

    /** Waits so many election timeouts at most. */
    static SimulatedNode runUntilLeader(Simulation simulation, double atMost) {
        Duration unused = simulation.runUntil(() -> simulation.leaders().size() == 1, timeouts(atMost));
        return leader(simulation);
    }

    static SimulatedNode leader(Simulation simulation) {
        List<SimulatedNode> leaders = simulation.leaders();
        Assertions.assertThat(leaders).as(simulation::describe).hasSize(1);
        return leaders.get(0);
    }

    /** Everybody but one. */
    static List<SimulatedNode> others(Simulation simulation, SimulatedNode one) {
        return simulation.nodes().stream().filter(node -> node != one).toList();
    }

    /** Lets a client of whoever leads write so many times. */
    static void put(Simulation simulation, int count) {
        for (SimulatedNode leader : simulation.leaders()) {
            perform(simulation, ActionKind.PUT, leader.pid(), count);
        }
    }

    static long configurationOf(SimulatedNode node) {
        return node.node().status().configuration().id();
    }

    /** Every node runs, is in this configuration, and knows everything that was decided. */
    static void assertEverybodyHasEverything(Simulation simulation, long configuration) {
        for (SimulatedNode node : simulation.nodes()) {
            Assertions.assertThat(configurationOf(node))
                    .as(simulation::describe)
                    .isEqualTo(configuration);
        }
        Assertions.assertThat(simulation.allHaveEverything())
                .as(simulation::describe)
                .isTrue();
        // What is decided is often written only with what comes next, and then noted.
        Assertions.assertThat(simulation.decidedIndex())
                .as(simulation::describe)
                .isGreaterThanOrEqualTo(simulation.invariants().decidedEntries());
    }
}
