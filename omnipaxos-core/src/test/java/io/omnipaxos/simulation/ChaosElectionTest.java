package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.perform;
import static io.omnipaxos.simulation.Clusters.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.node.Elections;
import io.omnipaxos.simulation.Simulation.NodeTuning;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Elections own liveness only: one that elects anybody at any time costs availability and nothing else. */
@QuietNodes
class ChaosElectionTest {

    private static final long SEEDS = Long.getLong("seeds", 1000);

    @Test
    void anElectionThatCaresForNoGateGivesNoTwoLeases() {
        Map<Long, Careless> elections = new TreeMap<>();
        Simulation simulation =
                simulation(SimulationSettings.of(1, 3), (settings, boot) -> (configuration, promise) -> {
                    Careless election = new Careless();
                    elections.put(settings.pid(), election);
                    return election;
                });
        simulation.startAll();
        simulation.run(timeouts(1));
        // Node 1 leads with the grant of node 2; node 3 has granted nothing.
        perform(simulation, ActionKind.CUT_BOTH, 1, 3);
        election(elections, 1).next = new Ballot(1, 1, 0, 1);
        Duration unused = simulation.runUntil(() -> simulation.node(1).isLeader(), timeouts(1));

        // Node 2 stands all the same, which its grant forbids. That there are no two leases is checked all the time.
        election(elections, 2).next = new Ballot(1, 2, 0, 2);
        simulation.runWhile(
                () -> simulation.node(1).isLeader() && !simulation.node(2).isLeader(), timeouts(0.5));

        // Once its grant is over, the same ballot is as good as any.
        perform(simulation, ActionKind.CRASH, 1);
        simulation.run(timeouts(2));
        election(elections, 2).next = new Ballot(1, 2, 0, 2);
        unused = simulation.runUntil(() -> simulation.node(2).isLeader(), timeouts(1));
    }

    private static Careless election(Map<Long, Careless> elections, long pid) {
        Careless election = elections.get(pid);
        assertThat(election).as("the election of node %d", pid).isNotNull();
        return election;
    }

    /** Amid the faults of random scenarios, whose safety is checked all the time; nobody asks for liveness. */
    @Test
    void anElectionThatStandsWithoutLeaveBreaksNothing() {
        Report total = Report.NONE;
        for (long seed = 0; seed < SEEDS; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            Random random = new Random(seed);
            Simulation simulation = simulation(
                    scenario.settings(),
                    (settings, boot) -> (configuration, promise) -> new ChaosElection(
                            Elections.BALLOT.of(settings, boot).of(configuration, promise),
                            random,
                            configuration.id(),
                            settings.pid()));
            try {
                simulation.startAll().schedule(scenario.plan());
                simulation.run(timeouts(25));
                simulation.checkNodes();
                simulation.invariants().checkLinearizable(simulation.clients().history());
            } catch (Violation broken) {
                throw new AssertionError("seed " + seed, broken);
            }
            total = total.plus(simulation.report());
        }
        assertThat(total.leaderships()).as("%s", total).isGreaterThan(SEEDS);
        assertThat(total.acknowledged()).as("%s", total).isPositive();
    }

    private static Simulation simulation(SimulationSettings settings, Elections elections) {
        return new Simulation(settings, elections, process -> SimulatedApplication.NONE, NodeTuning.NONE);
    }

    /** Elects what the test says, whatever is allowed. */
    private static final class Careless implements Election {
        private @Nullable Ballot next;
        private Ballot leader = Ballot.NONE;

        @Override
        public @Nullable Ballot tick(Standing standing) {
            Ballot elected = next;
            next = null;
            return elected;
        }

        @Override
        public @Nullable Ballot retry(Standing standing) {
            return null;
        }

        @Override
        public @Nullable Ballot takeOver(Ballot above, Standing standing) {
            return null;
        }

        @Override
        public void handle(long from, ElectionMessage message) {}

        @Override
        public void follow(Ballot promise) {
            leader = promise;
        }

        @Override
        public void giveUp() {}

        @Override
        public Ballot leader() {
            return leader;
        }

        @Override
        public boolean happy() {
            return true;
        }

        @Override
        public Map<Long, PeerView> peers() {
            return Map.of();
        }

        @Override
        public List<Outgoing> drainOutgoing() {
            return List.of();
        }
    }
}
