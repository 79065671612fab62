package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.VirtualCluster.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Elections own liveness only: one that elects anybody at any time costs availability and nothing else. */
class CarelessElectionTest {

    @Test
    void anElectionThatCaresForNoGateGivesNoTwoLeases() {
        Map<Long, Careless> elections = new TreeMap<>();
        VirtualCluster cluster = VirtualCluster.withElections(1, 3, (settings, configuration, priority, promise) -> {
            Careless election = new Careless();
            elections.put(settings.pid(), election);
            return election;
        });
        cluster.startAll();
        List<Careless> all = List.copyOf(elections.values());
        // Node 1 leads with the grant of node 2; node 3 has granted nothing.
        cluster.cutBoth(1, 3);
        all.get(0).next = new Ballot(1, 1, 0, 1);
        cluster.runUntil(() -> cluster.node(1).isLeader(), TIMEOUT);

        // Node 2 stands all the same, which its grant forbids. The cluster checks that there are no two leases.
        all.get(1).next = new Ballot(1, 2, 0, 2);
        cluster.run(TIMEOUT / 2);
        assertThat(cluster.node(1).isLeader()).isTrue();
        assertThat(cluster.node(2).isLeader()).isFalse();

        // Once its grant is over, the same ballot is as good as any.
        cluster.node(1).crash();
        cluster.run(2 * TIMEOUT);
        all.get(1).next = new Ballot(1, 2, 0, 2);
        cluster.runUntil(() -> cluster.node(2).isLeader(), TIMEOUT);
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
