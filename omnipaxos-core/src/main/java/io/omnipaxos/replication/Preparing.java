package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.Map;
import java.util.TreeMap;

/** Collects promises of a read quorum for its own ballot, and then leads with the best log among them. */
final class Preparing implements Phase {

    private final SequencePaxos paxos;
    private final Ballot released;
    private final Map<Long, Promise> promises = new TreeMap<>();
    private int ticks;

    Preparing(SequencePaxos paxos, Ballot released) {
        this.paxos = paxos;
        this.released = released;
        paxos.peers().forEach(this::send);
    }

    @Override
    public void tick() {
        ticks++;
        if (ticks % paxos.resendTicks() == 0) {
            paxos.peers().forEach(this::send);
        }
    }

    @Override
    public void reconnected(long pid) {
        send(pid);
    }

    @Override
    public void prepareRequest(long from, PrepareRequest request) {
        send(from);
    }

    /** A promise counts once it is whole. Otherwise what its sender knows to be decided is learnt first. */
    @Override
    public void promise(long from, Promise promise) {
        if (!promise.isComplete()) {
            paxos.surroundings().behind(from, promise.decidedIndex());
            return;
        }
        Promise known = promises.get(from);
        if (known == null || promise.nonce().compareTo(known.nonce()) > 0) {
            promises.put(from, promise);
        }
        leadWithQuorum();
    }

    @Override
    public void learned() {
        paxos.peers().forEach(this::send);
    }

    /** Leads as soon as a read quorum, this node included, has promised. */
    void leadWithQuorum() {
        if (promises.size() + 1 >= paxos.configuration().quorums().read()) {
            paxos.lead(promises, released);
        }
    }

    private void send(long pid) {
        if (!promises.containsKey(pid)) {
            ReplicaLog log = paxos.log();
            Prepare prepare = new Prepare(
                    paxos.promise(), log.decidedIndex(), log.acceptedRound(), log.acceptedIndex(), released);
            paxos.effects().send(pid, prepare);
        }
    }
}
