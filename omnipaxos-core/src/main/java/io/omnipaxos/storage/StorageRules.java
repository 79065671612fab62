package io.omnipaxos.storage;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.SnapshotInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
            long last = Math.max(state.acceptedIndex(), batch.compactedIndex() == null ? 0 : batch.compactedIndex());
            if (entries.firstIndex() > last + 1) {
                throw new IllegalArgumentException(
                        "a write at index " + entries.firstIndex() + " leaves a gap: the last stored index is " + last);
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
        refuseDecrease("compacted index", state.compactedIndex(), next.compactedIndex());
        refuseDecrease("configuration", configurationId(state), configurationId(next));
        refuseDecrease("largest grant", state.largestGrantNanos(), next.largestGrantNanos());
        return next;
    }

    /**
     * Refuses a compaction without a snapshot that stands for what is dropped.
     *
     * @throws IllegalArgumentException if the batch compacts up to an index of which there is no snapshot
     */
    public static void checkCompaction(WriteBatch batch, List<SnapshotInfo> snapshots) {
        Long compacted = batch.compactedIndex();
        if (compacted != null && snapshots.stream().noneMatch(snapshot -> snapshot.index() == compacted)) {
            throw new IllegalArgumentException(
                    "no snapshot covers the log up to " + compacted + "; there are only " + snapshots);
        }
    }

    /**
     * Refuses an offset outside a snapshot.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= offset < length}
     */
    public static void checkOffset(SnapshotInfo snapshot, long offset) {
        if (offset < 0 || offset >= snapshot.length()) {
            throw new IndexOutOfBoundsException("offset " + offset + " of " + snapshot);
        }
    }

    /**
     * Refuses to begin a snapshot of what is not durable.
     *
     * @throws IllegalArgumentException unless {@code 1 <= index <= accepted index}
     */
    public static void checkSnapshot(DurableState state, long index) {
        if (index < 1 || index > state.acceptedIndex()) {
            throw new IllegalArgumentException(
                    "a snapshot of index " + index + ", but the log goes up to " + state.acceptedIndex());
        }
    }

    /**
     * Refuses a piece of a received snapshot that does not follow on what was received. A first piece always does.
     *
     * @param received what is being received, null if nothing is
     * @param bytes how much of it is there
     * @throws IllegalArgumentException if the piece is empty, is of another snapshot, leaves a gap, or goes beyond the
     *     end
     */
    public static void checkFollows(@Nullable SnapshotInfo received, long bytes, SnapshotPart part) {
        if (part.offset() != 0 && !(part.snapshot().equals(received) && part.offset() == bytes)) {
            throw new IllegalArgumentException("a piece of " + part.snapshot() + " from " + part.offset()
                    + " does not follow on " + bytes + " bytes of " + received);
        }
        int length = part.bytes().length;
        if (length == 0 || part.offset() + length > part.snapshot().length()) {
            throw new IllegalArgumentException("a piece of " + length + " bytes from " + part.offset()
                    + " is empty or goes beyond the end of " + part.snapshot());
        }
    }

    /**
     * Refuses a received snapshot that would be deleted at once.
     *
     * @throws IllegalArgumentException unless the snapshot is above the compacted index
     */
    public static void checkNewer(DurableState state, SnapshotPart part) {
        if (part.snapshot().index() <= state.compactedIndex()) {
            throw new IllegalArgumentException("a piece of " + part.snapshot()
                    + ", but a snapshot stands for everything" + " up to " + state.compactedIndex() + " already");
        }
    }

    private static long configurationId(DurableState state) {
        Membership membership = state.membership();
        return membership == null ? 0 : membership.configuration().id();
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
