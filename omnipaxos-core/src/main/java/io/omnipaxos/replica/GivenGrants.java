package io.omnipaxos.replica;

import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import java.util.function.BooleanSupplier;

/** What this node does as a follower when a leader's heartbeat arrives: grants, and says how far its log is. */
final class GivenGrants {

    private final Parts parts;
    private final BooleanSupplier stands;
    private long largestGrantNanos;

    /** @param stands whether this node would take over if it were asked to */
    GivenGrants(Parts parts, long largestGrantNanos, BooleanSupplier stands) {
        this.parts = parts;
        this.stands = stands;
        this.largestGrantNanos = largestGrantNanos;
    }

    /** The largest lease ever granted. */
    long largestNanos() {
        return largestGrantNanos;
    }

    /**
     * Answers a heartbeat.
     *
     * @return whether it is of the leader that this node is in step with
     */
    boolean heartbeat(LeaderHeartbeat heartbeat) {
        if (!parts.paxos().isOfPromisedBallot(heartbeat.ballot())) {
            return false;
        }
        boolean following = parts.paxos().isFollowing();
        parts.paxos().leaderDecided(heartbeat.decidedIndex());
        boolean granted = following && isContentWith(heartbeat) && grant(heartbeat);
        long acceptedIndex = following ? parts.log().durableInRound() : 0;
        parts.send(
                heartbeat.ballot().pid(),
                new HeartbeatAnswer(
                        heartbeat.ballot(), heartbeat.round(), granted, acceptedIndex, stands.getAsBoolean()));
        return following;
    }

    /** An unhappy follower that went on granting would block for ever the one node that could lead. */
    private boolean isContentWith(LeaderHeartbeat heartbeat) {
        return heartbeat.happy()
                && parts.election().happy()
                && parts.election().leader().equals(heartbeat.ballot());
    }

    private boolean grant(LeaderHeartbeat heartbeat) {
        long nanos = heartbeat.leaseNanos();
        boolean granted = parts.gate().grant(heartbeat.ballot(), parts.nowNanos() + nanos);
        if (granted && nanos > largestGrantNanos) {
            largestGrantNanos = nanos;
            parts.effects().persist(WriteBatch.largestGrant(nanos));
        }
        return granted;
    }
}
