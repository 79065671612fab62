package io.omnipaxos.message;

import io.omnipaxos.cluster.Ballot;

/** What the elections say to each other. */
public sealed interface ElectionMessage extends Message {

    /** Handles each kind; an election ignores what belongs to another algorithm. */
    interface Visitor {
        void heartbeatRequest(long from, HeartbeatRequest request);

        void heartbeatReply(long from, HeartbeatReply reply);
    }

    void accept(long from, Visitor visitor);

    /**
     * Ballot Leader Election: asks for a sign of life in a heartbeat round.
     *
     * @param boot the boot counter of the asking node, so that an answer to an earlier start of it is not counted
     * @param round the number of the round, rises within one boot
     */
    record HeartbeatRequest(long boot, long round) implements ElectionMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.heartbeatRequest(from, this);
        }
    }

    /**
     * Ballot Leader Election: the answer to a {@link HeartbeatRequest}.
     *
     * @param boot as in the request
     * @param round as in the request
     * @param ballot the answering node's own ballot
     * @param leader the ballot that the answering node follows
     * @param happy whether the answering node finds that this leader can lead
     */
    record HeartbeatReply(long boot, long round, Ballot ballot, Ballot leader, boolean happy)
            implements ElectionMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.heartbeatReply(from, this);
        }
    }
}
