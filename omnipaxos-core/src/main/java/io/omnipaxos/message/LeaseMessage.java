package io.omnipaxos.message;

import io.omnipaxos.cluster.Ballot;

/** What a leader and its followers say about the lease, and about giving it up. */
public sealed interface LeaseMessage extends Message {

    /** Handles each kind. */
    interface Visitor {
        void leaderHeartbeat(long from, LeaderHeartbeat heartbeat);

        void heartbeatAnswer(long from, HeartbeatAnswer answer);

        void released(long from, Released released);
    }

    void accept(long from, Visitor visitor);

    /**
     * The leader of a ballot asks for the renewal of its lease and shows how far its log is.
     *
     * @param ballot the ballot that the leader holds in phase Accept
     * @param round rises within the ballot; the leader remembers when it sent each
     * @param happy whether the leader's own election finds that it can lead; otherwise nothing is granted
     * @param leaseNanos the duration of the grant that is asked for, in nanoseconds
     * @param acceptedIndex the last index of the leader's log
     * @param decidedIndex the last index that the leader knows to be decided
     * @param fencingToken the token of the leadership granted in this ballot, 0 until it is granted
     */
    record LeaderHeartbeat(
            Ballot ballot,
            long round,
            boolean happy,
            long leaseNanos,
            long acceptedIndex,
            long decidedIndex,
            long fencingToken)
            implements LeaseMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.leaderHeartbeat(from, this);
        }
    }

    /**
     * A follower answers a {@link LeaderHeartbeat}.
     *
     * @param ballot as in the heartbeat
     * @param round as in the heartbeat
     * @param granted whether the follower will raise its promise for no other ballot until the asked duration after
     *     it received the heartbeat
     * @param acceptedIndex the last index that is durable here and was accepted in this ballot, 0 if the follower does
     *     not accept in it yet; the leader sends again what comes after it
     * @param stands whether the follower would take over if it were asked to
     */
    record HeartbeatAnswer(Ballot ballot, long round, boolean granted, long acceptedIndex, boolean stands)
            implements LeaseMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.heartbeatAnswer(from, this);
        }
    }

    /**
     * The leader of a ballot gives up its lease for good: it acts no more, and no grant for the ballot stands in
     * another candidate's way.
     *
     * @param ballot the ballot that was led
     * @param takeOver whether the receiver is asked to take over at once
     */
    record Released(Ballot ballot, boolean takeOver) implements LeaseMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.released(from, this);
        }
    }
}
