package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.node.Elections;
import org.junit.jupiter.api.Test;

/** Five nodes that start for the first time. */
@QuietNodes
class ColdStartTest {

    private static final int SEEDS = 100;

    @Test
    void whoStartsTogetherElectsTheHighestPriorityAndOnce() {
        for (long seed = 0; seed < SEEDS; seed++) {
            long preferred = 1 + seed % 5;
            Simulation simulation = new Simulation(
                    SimulationSettings.of(seed, 5), Elections.BALLOT, process -> SimulatedApplication.NONE, node -> {
                        return node.toBuilder()
                                .priority(node.pid() == preferred ? 1 : 0)
                                .build();
                    });
            simulation.nodes().forEach(node -> perform(simulation, ActionKind.START, node.pid()));
            assertElectsOnce(simulation, preferred, seed);
        }
    }

    @Test
    void withoutPrioritiesItIsTheHighestPid() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(SimulationSettings.of(seed, 5));
            simulation.nodes().forEach(node -> perform(simulation, ActionKind.START, node.pid()));
            assertElectsOnce(simulation, 5, seed);
        }
    }

    /** Who comes late may find others that have elected without it. */
    @Test
    void whoStartsWithinATickElectsSomebodyAndOnce() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(SimulationSettings.of(seed, 5)).startAll();
            assertElectsOnce(simulation, runUntilLeader(simulation, 3).pid(), seed);
        }
    }

    private static void assertElectsOnce(Simulation simulation, long expected, long seed) {
        SimulatedNode leader = runUntilLeader(simulation, 3);
        assertThat(leader.pid()).as("seed %d", seed).isEqualTo(expected);
        simulation.runWhile(leader::isLeader, timeouts(20));
        assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(1);
    }
}
