package io.omnipaxos.message;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.util.List;

/**
 * Sequence Paxos. Entries always travel with the index of the first of them, which serves as the sequence number:
 * what comes twice is recognised, what is missing is seen.
 */
public sealed interface ReplicationMessage extends Message {

    /** Handles each kind. */
    interface Visitor {
        void prepareRequest(long from, PrepareRequest request);

        void prepare(long from, Prepare prepare);

        void promise(long from, Promise promise);

        void acceptSync(long from, AcceptSync sync);

        void acceptDecide(long from, AcceptDecide accept);

        void decide(long from, Decide decide);

        void accepted(long from, Accepted accepted);

        void notAccepted(long from, NotAccepted refused);

        void forwardedAppend(long from, ForwardedAppend forwarded);

        void appendRefused(long from, AppendRefused refused);

        void readIndexRequest(long from, ReadIndexRequest request);

        void readIndexAnswer(long from, ReadIndexAnswer answer);
    }

    void accept(long from, Visitor visitor);

    /** What any node, member or not, may ask of the leader, and the answers. */
    sealed interface Service extends ReplicationMessage
            permits ForwardedAppend, AppendRefused, ReadIndexRequest, ReadIndexAnswer {}

    /**
     * Asks a leader to prepare the sender anew.
     *
     * @param promise the highest ballot that the sender has promised; a leader of a lower ballot ignores this
     */
    record PrepareRequest(Ballot promise) implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.prepareRequest(from, this);
        }
    }

    /**
     * A candidate asks for a promise.
     *
     * @param ballot the candidate's ballot
     * @param decidedIndex how much of the candidate's log is decided
     * @param acceptedRound the ballot in which the candidate's log was accepted
     * @param acceptedIndex the last index of the candidate's log
     * @param released a ballot whose leader has given up its lease for this candidate, or {@link Ballot#NONE}
     */
    record Prepare(Ballot ballot, long decidedIndex, Ballot acceptedRound, long acceptedIndex, Ballot released)
            implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.prepare(from, this);
        }
    }

    /**
     * The sender takes part in no ballot below this one any more.
     *
     * @param ballot the ballot promised
     * @param nonce echoed by the {@link AcceptSync} that answers this promise
     * @param acceptedRound the ballot in which the sender's log was accepted
     * @param acceptedIndex the last index of the sender's log
     * @param decidedIndex how much of it is decided
     * @param firstIndex the index of the first of {@code entries}
     * @param entries what the candidate's log may lack; empty if the sender's log is not ahead, or if that is too much for
     *     a message: then the candidate lacks decided entries, learns them, and asks again
     */
    record Promise(
            Ballot ballot,
            Nonce nonce,
            Ballot acceptedRound,
            long acceptedIndex,
            long decidedIndex,
            long firstIndex,
            List<LogEntry> entries)
            implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.promise(from, this);
        }

        /** Whether nothing is left that the candidate may lack. */
        public boolean isComplete() {
            return firstIndex + entries.size() > acceptedIndex;
        }
    }

    /**
     * Names one promise of one boot of one node.
     *
     * @param boot the durable boot counter of the node that promised
     * @param number rises with each promise of that boot
     */
    record Nonce(long boot, long number) implements Comparable<Nonce> {
        @Override
        public int compareTo(Nonce other) {
            return boot != other.boot ? Long.compare(boot, other.boot) : Long.compare(number, other.number);
        }
    }

    /**
     * The leader brings the log of a follower that promised to its own state.
     *
     * @param ballot the leader's ballot
     * @param nonce that of the promise that this answers
     * @param firstIndex the index of the first of {@code entries}; the receiver's log before it is the leader's
     * @param entries all of the leader's log from {@code firstIndex} on
     * @param decidedIndex how much of the leader's log is decided
     */
    record AcceptSync(Ballot ballot, Nonce nonce, long firstIndex, List<LogEntry> entries, long decidedIndex)
            implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.acceptSync(from, this);
        }
    }

    /**
     * The leader extends the log of a follower that is in step.
     *
     * @param ballot the leader's ballot
     * @param firstIndex the index of the first of {@code entries}
     * @param entries consecutive entries of the leader's log, at least one
     * @param decidedIndex how much of the leader's log is decided
     */
    record AcceptDecide(Ballot ballot, long firstIndex, List<LogEntry> entries, long decidedIndex)
            implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.acceptDecide(from, this);
        }
    }

    /**
     * More of the leader's log is decided.
     *
     * @param ballot the leader's ballot
     * @param decidedIndex how much is decided
     */
    record Decide(Ballot ballot, long decidedIndex) implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.decide(from, this);
        }
    }

    /**
     * The follower's log, up to this index, is durable and was accepted in this ballot.
     *
     * @param ballot the ballot
     * @param acceptedIndex the last such index; an earlier message may carry a higher one
     */
    record Accepted(Ballot ballot, long acceptedIndex) implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.accepted(from, this);
        }
    }

    /**
     * The sender has promised a higher ballot than that of the message that it answers.
     *
     * @param promise the sender's promise
     */
    record NotAccepted(Ballot promise) implements ReplicationMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.notAccepted(from, this);
        }
    }

    /**
     * A follower passes commands to the leader.
     *
     * @param commands in the order in which they were proposed, at least one
     */
    record ForwardedAppend(List<Command> commands) implements Service {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.forwardedAppend(from, this);
        }
    }

    /**
     * The receiver of a {@link ForwardedAppend} has not put these commands into the log on account of it.
     *
     * @param ids the commands refused, at least one
     * @param overloaded whether it leads but has too much waiting; otherwise it does not lead
     */
    record AppendRefused(List<ProposalId> ids, boolean overloaded) implements Service {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.appendRefused(from, this);
        }
    }

    /**
     * Asks the leader for an index up to which a node must have applied before it may answer a read.
     *
     * @param boot the boot counter of the asking node
     * @param number names the request within that boot
     */
    record ReadIndexRequest(long boot, long number) implements Service {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.readIndexRequest(from, this);
        }
    }

    /**
     * The answer to a {@link ReadIndexRequest}.
     *
     * @param boot as in the request
     * @param number as in the request
     * @param index the index, or -1 if the asked node does not lead
     */
    record ReadIndexAnswer(long boot, long number, long index) implements Service {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.readIndexAnswer(from, this);
        }
    }
}
