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
 */
public record WriteBatch(
        @Nullable Ballot promise,
        @Nullable Ballot acceptedRound,
        @Nullable LogWrite entries,
        @Nullable Long decidedIndex,
        @Nullable Long bootCounter,
        @Nullable Long largestGrantNanos) {

    /** Writes nothing. */
    public static final WriteBatch EMPTY = new WriteBatch(null, null, null, null, null, null);

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

    /** The log, the round it was accepted in and what is decided of it, together. */
    public static WriteBatch accepted(Ballot acceptedRound, LogWrite entries, long decidedIndex) {
        return new WriteBatch(null, acceptedRound, entries, decidedIndex, null, null);
    }

    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /** One batch with the effect of this one and then the other. */
    public WriteBatch then(WriteBatch next) {
        LogWrite merged = next.entries == null ? entries : entries == null ? next.entries : entries.then(next.entries);
        return new WriteBatch(
                later(promise, next.promise),
                later(acceptedRound, next.acceptedRound),
                merged,
                later(decidedIndex, next.decidedIndex),
                later(bootCounter, next.bootCounter),
                later(largestGrantNanos, next.largestGrantNanos));
    }

    private static <T> @Nullable T later(@Nullable T first, @Nullable T second) {
        return second == null ? first : second;
    }
}
