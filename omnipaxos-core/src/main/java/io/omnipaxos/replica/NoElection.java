package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The election of a node that is no member of the configuration: it neither stands nor follows. */
final class NoElection implements Election {

    @Override
    public @Nullable Ballot tick(Standing standing) {
        return null;
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
    public void follow(Ballot promise) {}

    @Override
    public void giveUp() {}

    @Override
    public Ballot leader() {
        return Ballot.NONE;
    }

    @Override
    public boolean happy() {
        return false;
    }

    @Override
    public Map<Long, PeerView> peers() {
        return Collections.emptySortedMap();
    }

    @Override
    public List<Outgoing> drainOutgoing() {
        return List.of();
    }
}
