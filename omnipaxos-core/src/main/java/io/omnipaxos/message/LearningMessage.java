package io.omnipaxos.message;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a node learns what is decided, and who it is to the others. What is decided is the same for everybody for good, so
 * {@link Ahead}, {@link Fetch}, {@link Decided} and {@link SnapshotPiece} count whatever configuration their sender is
 * in, and whether or not it is a member of it.
 */
public sealed interface LearningMessage extends Message {

    /** Handles each kind. */
    interface Visitor {
        void introduction(long from, Introduction introduction);

        void introductionAnswer(long from, IntroductionAnswer answer);

        void ahead(long from, Ahead ahead);

        void fetch(long from, Fetch fetch);

        void decided(long from, Decided decided);

        void snapshotPiece(long from, SnapshotPiece piece);
    }

    void accept(long from, Visitor visitor);

    /** Whether a message counts whatever configuration its sender is in. */
    static boolean isOfAnyConfiguration(Message message) {
        return message instanceof LearningMessage
                && !(message instanceof Introduction)
                && !(message instanceof IntroductionAnswer);
    }

    /**
     * A member tells another with which storage it takes part in their configuration.
     *
     * @param identity names the sender's storage
     */
    record Introduction(UUID identity) implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.introduction(from, this);
        }
    }

    /**
     * The answer to an {@link Introduction}, durable at its sender.
     *
     * @param asked as in the introduction
     * @param known the storage with which the receiver introduced itself first in this configuration
     */
    record IntroductionAnswer(UUID asked, UUID known) implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.introductionAnswer(from, this);
        }
    }

    /**
     * The sender knows of decisions that the receiver lacks, and tells them when it is asked with {@link Fetch}.
     *
     * @param decidedIndex up to where
     */
    record Ahead(long decidedIndex) implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.ahead(from, this);
        }
    }

    /**
     * Asks for decided entries, or, where those are compacted, for a snapshot. Answered at once, with one piece.
     *
     * @param nextIndex the first index that the sender lacks; everything before it is durable at the sender
     * @param snapshotIndex the index of the snapshot that the sender is receiving from the receiver, 0 if none
     * @param snapshotOffset how many bytes of that snapshot it has
     * @param storage names the sender's storage if it is to become a member with it; null if the sender only lags behind
     */
    record Fetch(
            long nextIndex,
            long snapshotIndex,
            long snapshotOffset,
            @Nullable UUID storage) implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.fetch(from, this);
        }
    }

    /**
     * Decided entries.
     *
     * @param firstIndex the index of the first of {@code entries}
     * @param entries consecutive decided entries; empty if the sender knows of no more
     * @param decidedIndex how much the sender knows to be decided
     * @param leader the ballot of the leader as far as the sender knows, {@link Ballot#NONE} if none
     */
    record Decided(long firstIndex, List<LogEntry> entries, long decidedIndex, Ballot leader)
            implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.decided(from, this);
        }
    }

    /**
     * A piece of a snapshot.
     *
     * @param snapshot the whole
     * @param offset where the piece begins
     * @param bytes at least one; must not be changed by anybody
     * @param leader the ballot of the leader as far as the sender knows, {@link Ballot#NONE} if none
     */
    record SnapshotPiece(SnapshotInfo snapshot, long offset, byte[] bytes, Ballot leader) implements LearningMessage {
        @Override
        public void accept(long from, Visitor visitor) {
            visitor.snapshotPiece(from, this);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SnapshotPiece that
                    && snapshot.equals(that.snapshot)
                    && offset == that.offset
                    && Arrays.equals(bytes, that.bytes)
                    && leader.equals(that.leader);
        }

        @Override
        public int hashCode() {
            return snapshot.hashCode() + Long.hashCode(offset);
        }

        @Override
        public String toString() {
            return "SnapshotPiece[" + snapshot + ", " + bytes.length + " bytes from " + offset + ", leader " + leader
                    + "]";
        }
    }
}
