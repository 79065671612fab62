package io.omnipaxos.effect;

import io.omnipaxos.cluster.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * One atomic write: after a crash either all of it is there or nothing. A null component stays as it was.
 *
 * @param promise the new promise
 * @param acceptedRound the new accepted round
 * @param entries the new end of the log
 * @param decidedIndex the new decided index
 * @param bootCounter the new boot counter
 * @param largestGrantNanos the new largest grant, in nanoseconds
 * @param compactedIndex from now on a stored snapshot stands for everything up to here, whether or not the log reached so
 *     far; {@code entries} begin after it
 * @param membership the new membership
 */
public record WriteBatch(
        @Nullable Ballot promise,
        @Nullable Ballot acceptedRound,
        @Nullable LogWrite entries,
        @Nullable Long decidedIndex,
        @Nullable Long bootCounter,
        @Nullable Long largestGrantNanos,
        @Nullable Long compactedIndex,
        @Nullable Membership membership) {

    /** Writes nothing. */
    public static final WriteBatch EMPTY = new WriteBatch(null, null, null, null, null, null, null, null);

    public WriteBatch {
        if (entries != null && compactedIndex != null && entries.firstIndex() <= compactedIndex) {
            throw new IllegalArgumentException(
                    "entries from " + entries.firstIndex() + " in one write with a compaction up to " + compactedIndex);
        }
    }

    /** A batch that changes neither the compacted index nor the membership. */
    public WriteBatch(
            @Nullable Ballot promise,
            @Nullable Ballot acceptedRound,
            @Nullable LogWrite entries,
            @Nullable Long decidedIndex,
            @Nullable Long bootCounter,
            @Nullable Long largestGrantNanos) {
        this(promise, acceptedRound, entries, decidedIndex, bootCounter, largestGrantNanos, null, null);
    }

    public static WriteBatch promise(Ballot promise) {
        return new WriteBatch(promise, null, null, null, null, null);
    }

    public static WriteBatch entries(LogWrite entries) {
        return new WriteBatch(null, null, entries, null, null, null);
    }

    public static WriteBatch decided(long decidedIndex) {
        return new WriteBatch(null, null, null, decidedIndex, null, null);
    }

    public static WriteBatch bootCounter(long bootCounter) {
        return new WriteBatch(null, null, null, null, bootCounter, null);
    }

    public static WriteBatch largestGrant(long nanos) {
        return new WriteBatch(null, null, null, null, null, nanos);
    }

    public static WriteBatch compacted(long index) {
        return new WriteBatch(null, null, null, null, null, null, index, null);
    }

    public static WriteBatch membership(Membership membership) {
        return new WriteBatch(null, null, null, null, null, null, null, membership);
    }

    /** The log, the round it was accepted in and what is decided of it, together. */
    public static WriteBatch accepted(Ballot acceptedRound, LogWrite entries, long decidedIndex) {
        return new WriteBatch(null, acceptedRound, entries, decidedIndex, null, null);
    }

    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /** One batch with the effect of this one and then the other. */
    public WriteBatch then(WriteBatch next) {
        Long compacted = later(compactedIndex, next.compactedIndex);
        LogWrite before = entries == null || compacted == null ? entries : entries.after(compacted);
        LogWrite merged = next.entries == null ? before : before == null ? next.entries : before.then(next.entries);
        return new WriteBatch(
                later(promise, next.promise),
                later(acceptedRound, next.acceptedRound),
                merged,
                later(decidedIndex, next.decidedIndex),
                later(bootCounter, next.bootCounter),
                later(largestGrantNanos, next.largestGrantNanos),
                compacted,
                later(membership, next.membership));
    }

    private static <T> @Nullable T later(@Nullable T first, @Nullable T second) {
        return second == null ? first : second;
    }
}
