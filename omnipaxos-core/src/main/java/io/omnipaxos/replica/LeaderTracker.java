package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import org.jspecify.annotations.Nullable;

/** Which node leads, as far as this one has heard. For information and routing only; nothing safe rests on it. */
final class LeaderTracker {

    private final Parts parts;
    private @Nullable Ballot leader;
    private long fencingToken;
    private ClockReading heardAt;

    LeaderTracker(Parts parts) {
        this.parts = parts;
        this.heardAt = parts.now();
    }

    @Nullable
    Ballot leader() {
        return leader;
    }

    /** The known leader's token, 0 if there is none. */
    long fencingToken() {
        return leader == null ? 0 : fencingToken;
    }

    /** A leader that this node is in step with. It counts once leadership was granted to it. */
    void heard(LeaderHeartbeat heartbeat) {
        if (heartbeat.fencingToken() > 0) {
            heardAt = parts.now();
            fencingToken = heartbeat.fencingToken();
            String reason = "node " + heartbeat.ballot().pid() + " leads with token " + heartbeat.fencingToken();
            become(heartbeat.ballot(), reason);
        }
    }

    /** A node that takes part says who leads. The token is not known here. */
    void toldOf(Ballot ballot) {
        heardAt = parts.now();
        fencingToken = 0;
        become(ballot, "node " + ballot.pid() + " leads, as this node was told");
    }

    /** This node leads itself. */
    void leadsItself(Ballot ballot, long token) {
        heardAt = parts.now();
        fencingToken = token;
        become(ballot, "this node leads with token " + token);
    }

    /** This node's own leadership is over. */
    void leadsItselfNoMore() {
        if (leader != null && leader.pid() == parts.pid()) {
            become(null, "this node leads no more");
        }
    }

    /** The known leader is one no more. */
    void lost(Ballot ballot, String reason) {
        if (ballot.equals(leader)) {
            become(null, reason);
        }
    }

    /** This node follows nobody any more. */
    void over(String reason) {
        become(null, reason);
    }

    void settle() {
        Ballot known = leader;
        if (known == null) {
            return;
        }
        long lease = parts.settings().lease().durationNanos();
        if (parts.paxos().promised().isAbove(known)) {
            become(null, "node " + parts.paxos().promised().pid() + " stands with a higher ballot");
        } else if (parts.nowNanos() - heardAt.nanos() > lease) {
            String who = known.pid() == parts.pid() ? "this node's lease ended" : "no heartbeat of node " + known.pid();
            become(null, who + " within " + lease / 1_000_000 + " ms");
        }
    }

    private void become(@Nullable Ballot newLeader, String reason) {
        boolean changed = newLeader == null ? leader != null : !newLeader.equals(leader);
        leader = newLeader;
        if (changed) {
            parts.effects().notice(new Notice.LeaderChanged(newLeader, reason));
        }
    }
}
