package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Elections own liveness only: one that elects anybody at any time costs availability and nothing else. */
class RandomElectionTest {

    @Test
    void anElectionThatCaresForNoGateGivesNoTwoLeases() {
        Map<Long, Careless> elections = new TreeMap<>();
        ReplicaBench bench = new ReplicaBench(3, (pid, boot, configuration, storage) -> {
            Careless election = new Careless();
            elections.put(pid, election);
            return election;
        });
        // Node 1 leads with the grant of node 2; node 3 has granted nothing.
        bench.dropped = envelope -> between(envelope, 1, 3);
        List<Careless> all = new ArrayList<>(elections.values());
        all.get(0).next = new Ballot(1, 1, 0, 1);
        bench.tick();
        assertThat(bench.member(1).leads()).isTrue();

        // Node 2 stands all the same, which its grant forbids.
        all.get(1).next = new Ballot(1, 2, 0, 2);
        bench.tick();

        assertThat(bench.leaders().stream().map(leader -> leader.pid)).hasSizeLessThan(2);
    }

    private static boolean between(Envelope envelope, long a, long b) {
        return Set.of(envelope.from(), envelope.to()).equals(Set.of(a, b));
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
