package io.omnipaxos.spring.simulation;

import io.omnipaxos.simulation.Action;
import io.omnipaxos.simulation.ActionKind;
import io.omnipaxos.simulation.Scenario;
import io.omnipaxos.simulation.Simulation;
import io.omnipaxos.simulation.SimulationSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handovers that chance does not find in a few hundred seeds. */
@Quiet
class HandoverSimulationTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final SpringCluster cluster =
            new SpringCluster(new Scenario(SimulationSettings.of(1, 3), List.of()), DRAIN);
    private final Simulation simulation = cluster.simulation();

    @Test
    void aHandoverThatEndedWithTheLeaseInterruptsNoWorkOfALaterLeadership() {
        simulation.startAll();
        simulation.runUntil(() -> !cluster.leaders().isEmpty(), SOON);
        long pid = cluster.leaders().get(0);
        cluster.application(pid).work(Duration.ofSeconds(20), false);
        Duration begun = simulation.now();
        perform(ActionKind.RESIGN, pid);
        simulation.run(Duration.ofMillis(50));
        perform(ActionKind.ISOLATE, pid);
        simulation.runUntil(
                () -> !cluster.leaders().isEmpty() && cluster.leaders().get(0) != pid, SOON);
        perform(ActionKind.HEAL);
        while (!cluster.leaders().equals(List.of(pid)) && simulation.now().compareTo(DRAIN) < 0) {
            cluster.leaders().forEach(leader -> perform(ActionKind.TRANSFER, leader, pid));
            simulation.run(Duration.ofMillis(100));
        }
        simulation.run(begun.plus(DRAIN).minus(simulation.now()).minusSeconds(1));

        cluster.application(pid).block(Duration.ofMillis(2900), true);

        cluster.check();
    }

    private void perform(ActionKind kind, long... arguments) {
        simulation.perform(Action.at(0, kind, arguments));
    }
}
