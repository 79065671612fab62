package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.leader;
import static io.omnipaxos.simulation.Clusters.others;
import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.put;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Quorums;
import org.junit.jupiter.api.Test;

/** Seven nodes that elect with five and decide with three. */
@QuietNodes
class FlexibleQuorumsTest {

    private static final int SEEDS = 20;

    @Test
    void withFourFollowersDeadTheLeaderKeepsItsLeaseAndDecides() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = settled(seed);
            SimulatedNode leader = leader(simulation);
            crashFollowers(simulation, leader, 4);

            simulation.runWhile(leader::isLeader, timeouts(20));

            long decided = simulation.invariants().decidedEntries();
            put(simulation, 1);
            simulation.run(timeouts(1));
            assertThat(simulation.invariants().decidedEntries())
                    .as("seed %d", seed)
                    .isEqualTo(decided + 1);
            assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(1);
        }
    }

    @Test
    void withFiveFollowersDeadItNeitherLeadsNorDecides() {
        Simulation simulation = settled(3);
        SimulatedNode leader = leader(simulation);
        long decided = simulation.invariants().decidedEntries();
        crashFollowers(simulation, leader, 5);
        put(simulation, 1);

        simulation.run(timeouts(2));

        assertThat(simulation.leaders()).isEmpty();
        assertThat(simulation.invariants().decidedEntries()).isEqualTo(decided);
    }

    @Test
    void fourNodesElectNobodyAndAFifthThatReturnsIsEnough() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = settled(seed);
            SimulatedNode leader = leader(simulation);
            perform(simulation, ActionKind.CRASH, leader.pid());
            crashFollowers(simulation, leader, 2);
            simulation.run(timeouts(30));
            assertThat(simulation.leaders()).as("seed %d", seed).isEmpty();
            assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(1);

            perform(simulation, ActionKind.START, leader.pid());

            SimulatedNode unused = runUntilLeader(simulation, 8);
            // What is decided is written with what is accepted next.
            put(simulation, 1);
            simulation.run(timeouts(1));
            long decided = simulation.invariants().decidedEntries();
            put(simulation, 1);
            simulation.run(timeouts(1));
            assertThat(simulation.invariants().decidedEntries())
                    .as("seed %d", seed)
                    .isEqualTo(decided + 1);
        }
    }

    @Test
    void followersThatReturnToALivingLeaderCatchUpWithoutAChange() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = settled(seed);
            SimulatedNode leader = leader(simulation);
            crashFollowers(simulation, leader, 4);
            for (int i = 0; i < 20; i++) {
                put(simulation, 1);
                simulation.runWhile(leader::isLeader, timeouts(0.25));
            }

            simulation.nodes().forEach(node -> perform(simulation, ActionKind.START, node.pid()));
            simulation.runWhile(leader::isLeader, timeouts(6));

            Clusters.assertEverybodyHasEverything(simulation, 1);
            assertThat(simulation.leaderships()).as("seed %d", seed).isEqualTo(1);
        }
    }

    private static Simulation settled(long seed) {
        return Clusters.settled(new Simulation(SimulationSettings.of(seed, 7).withQuorums(new Quorums(7, 5, 3))));
    }

    private static void crashFollowers(Simulation simulation, SimulatedNode leader, int count) {
        others(simulation, leader).stream()
                .limit(count)
                .forEach(node -> perform(simulation, ActionKind.CRASH, node.pid()));
    }
}
