package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Follows another election, but now and then elects its node without leave, and is content with anything. */
final class ChaosElection implements Election {
    private final Election election;
    private final Random random;
    private final long configurationId;
    private final long pid;

    ChaosElection(Election election, Random random, long configurationId, long pid) {
        this.election = election;
        this.random = random;
        this.configurationId = configurationId;
        this.pid = pid;
    }

    @Override
    public @Nullable Ballot tick(Standing standing) {
        Ballot elected = election.tick(standing);
        return random.nextInt(30) == 0 ? stand() : elected;
    }

    private Ballot stand() {
        return new Ballot(configurationId, election.leader().n() + random.nextInt(3), 0, pid);
    }

    @Override
    public @Nullable Ballot retry(Standing standing) {
        return election.retry(standing);
    }

    @Override
    public @Nullable Ballot takeOver(Ballot above, Standing standing) {
        return election.takeOver(above, standing);
    }

    @Override
    public void handle(long from, ElectionMessage message) {
        election.handle(from, message);
    }

    @Override
    public void follow(Ballot promise) {
        election.follow(promise);
    }

    @Override
    public void giveUp() {}

    @Override
    public Ballot leader() {
        return election.leader();
    }

    @Override
    public boolean happy() {
        return election.happy() || random.nextInt(5) == 0;
    }

    @Override
    public Map<Long, PeerView> peers() {
        return election.peers();
    }

    @Override
    public List<Outgoing> drainOutgoing() {
        return election.drainOutgoing();
    }
}
