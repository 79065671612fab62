package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An election that elects when a test says so, as far as the gate allows it. */
public final class ScriptedElection implements Election, ElectionMessage.Visitor {

    private final List<Outgoing> outgoing = new ArrayList<>();
    private final Map<Long, PeerView> peers = new TreeMap<>();
    private Ballot own;
    private Ballot leader;
    private boolean happy;
    private @Nullable Ballot wanted;
    private @Nullable Standing lastStanding;

    ScriptedElection(long configurationId, long pid, Ballot promise) {
        own = new Ballot(configurationId, 0, 0, pid);
        leader = promise.isNone() ? own : promise;
        happy = promise.isNone();
    }

    /** Takes this ballot with the next tick. */
    public void elect(Ballot ballot) {
        wanted = ballot;
    }

    /** Turns to another leader. */
    public void turnTo(Ballot ballot) {
        leader = ballot;
    }

    public void setHappy(boolean happy) {
        this.happy = happy;
    }

    /** What is known of a peer. */
    public void hears(long pid, int priority) {
        peers.put(pid, new PeerView(new Ballot(own.configurationId(), 0, priority, pid), leader, true));
    }

    /** What the replica allowed last. */
    public Standing lastStanding() {
        return lastStanding;
    }

    @Override
    public @Nullable Ballot tick(Standing standing) {
        return retry(standing);
    }

    @Override
    public @Nullable Ballot retry(Standing standing) {
        lastStanding = standing;
        Ballot next = wanted;
        if (next == null || !standing.gateOpen() || !standing.stands()) {
            return null;
        }
        wanted = null;
        follow(next);
        return next;
    }

    @Override
    public @Nullable Ballot takeOver(Ballot above, Standing standing) {
        long n = Math.max(above.n(), leader.n()) + 1;
        wanted = new Ballot(own.configurationId(), n, own.priority(), own.pid());
        return retry(standing);
    }

    @Override
    public void handle(long from, ElectionMessage message) {
        message.accept(from, this);
    }

    @Override
    public void heartbeatRequest(long from, HeartbeatRequest request) {
        outgoing.add(new Outgoing(from, new HeartbeatReply(request.boot(), request.round(), own, leader, happy)));
    }

    @Override
    public void heartbeatReply(long from, HeartbeatReply reply) {
        peers.put(from, new PeerView(reply.ballot(), reply.leader(), reply.happy()));
    }

    @Override
    public void follow(Ballot promise) {
        leader = promise;
        if (promise.pid() == own.pid()) {
            own = promise;
        }
        happy = true;
    }

    @Override
    public Ballot leader() {
        return leader;
    }

    @Override
    public boolean happy() {
        return happy;
    }

    @Override
    public Map<Long, PeerView> peers() {
        return peers;
    }

    @Override
    public List<Outgoing> drainOutgoing() {
        List<Outgoing> drained = List.copyOf(outgoing);
        outgoing.clear();
        return drained;
    }
}
