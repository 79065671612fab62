package io.omnipaxos.storage;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;

/**
 * What every storage refuses before it changes anything: batches that would lose or contradict what was promised,
 * and reads outside the log. Without state; callable from any thread.
 */
public final class StorageRules {

    private StorageRules() {}

    /**
     * The state after a batch that follows on the given one.
     *
     * @throws IllegalArgumentException if the batch leaves a gap, takes back a promise, an accepted round, a decision,
     *     a boot or a grant, decides beyond the log, or replaces decided entries
     */
    public static DurableState after(DurableState state, WriteBatch batch) {
        LogWrite entries = batch.entries();
        if (entries != null) {
            if (entries.firstIndex() > state.acceptedIndex() + 1) {
                throw new IllegalArgumentException("a write at index " + entries.firstIndex()
                        + " leaves a gap: the last stored index is " + state.acceptedIndex());
            }
            if (entries.firstIndex() <= state.decidedIndex()) {
                throw new IllegalArgumentException("a write at index " + entries.firstIndex()
                        + " replaces decided entries: decided up to " + state.decidedIndex());
            }
        }
        // Its constructor refuses a decision beyond the log and an accepted round above the promise.
        DurableState next = state.after(batch);
        refuseDecrease("promise", state.promise(), next.promise());
        refuseDecrease("accepted round", state.acceptedRound(), next.acceptedRound());
        refuseDecrease("decided index", state.decidedIndex(), next.decidedIndex());
        refuseDecrease("boot counter", state.bootCounter(), next.bootCounter());
        refuseDecrease("largest grant", state.largestGrantNanos(), next.largestGrantNanos());
        return next;
    }

    /**
     * Refuses a range that is not stored.
     *
     * @throws IndexOutOfBoundsException unless {@code first <= from <= to <= last}
     */
    public static void checkRange(long from, long to, long first, long last) {
        if (from < first || to < from || to > last) {
            throw new IndexOutOfBoundsException("entries " + from + " to " + to + " are not stored: the log holds "
                    + (last < first ? "none" : first + " to " + last));
        }
    }

    private static <T extends Comparable<T>> void refuseDecrease(String what, T before, T after) {
        if (after.compareTo(before) < 0) {
            throw new IllegalArgumentException("the " + what + " never goes back, from " + before + " to " + after);
        }
    }
}
