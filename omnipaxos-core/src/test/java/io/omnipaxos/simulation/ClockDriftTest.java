package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.TIMEOUT;
import static io.omnipaxos.simulation.Clusters.leader;
import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Leaders that are cut off while clocks run at different rates: within the bound one leads, far beyond it two may. */
@QuietNodes
class ClockDriftTest {

    private static final long SEEDS = Long.getLong("seeds", 200);
    private static final double FAR_BEYOND = 0.4;

    @Test
    void withinTheBoundThereAreNeverTwoLeases() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(violation(seed, SimulationSettings.CONFIGURED_DRIFT))
                    .as("seed %d", seed)
                    .isNull();
        }
    }

    /** The check can fail, so that its silence everywhere else says something. */
    @Test
    void farBeyondTheBoundTwoLeasesAreFound() {
        Violation found = null;
        for (long seed = 0; seed < SEEDS && found == null; seed++) {
            found = violation(seed, FAR_BEYOND);
        }
        assertThat(found).hasMessageContaining("two leases at once");
    }

    /** What is found to be broken when the leader is cut off twice, or null. */
    private static @Nullable Violation violation(long seed, double drift) {
        Simulation simulation = new Simulation(SimulationSettings.of(seed, 3)
                .withClockDrift(drift)
                .withLink(LinkConditions.latency(TIMEOUT.toNanos() / 1000)));
        try {
            simulation.startAll();
            SimulatedNode unused = runUntilLeader(simulation, 8);
            for (int i = 0; i < 2; i++) {
                simulation.run(timeouts(3));
                perform(simulation, ActionKind.ISOLATE, leader(simulation).pid());
                simulation.run(timeouts(6));
                perform(simulation, ActionKind.HEAL);
                simulation.run(timeouts(3));
            }
            return null;
        } catch (Violation broken) {
            return broken;
        }
    }
}
