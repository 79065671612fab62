package io.omnipaxos.effect;

import io.omnipaxos.cluster.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * What survives a restart, beside the entries themselves: what a storage finds when it is opened.
 *
 * @param promise the highest ballot promised, {@link Ballot#NONE} on a new storage
 * @param acceptedRound the ballot in which the log was last accepted, at most {@code promise}
 * @param acceptedIndex the index of the last stored entry, 0 if there is none
 * @param decidedIndex at most {@code acceptedIndex}
 * @param bootCounter how often this storage was opened before and taken into use, from 0
 * @param largestGrantNanos the largest lease ever granted to another node, in nanoseconds, 0 if none
 * @param compactedIndex up to where the log is replaced by snapshots, 0 if nothing is; at most {@code decidedIndex}
 * @param membership the configuration in force, null as long as it is the first one, that of the settings, and nothing
 *     is known of it
 */
public record DurableState(
        Ballot promise,
        Ballot acceptedRound,
        long acceptedIndex,
        long decidedIndex,
        long bootCounter,
        long largestGrantNanos,
        long compactedIndex,
        @Nullable Membership membership) {

    /** A storage that nothing was ever written to. */
    public static final DurableState EMPTY = new DurableState(Ballot.NONE, Ballot.NONE, 0, 0, 0, 0, 0, null);

    public DurableState {
        if (decidedIndex < 0 || decidedIndex > acceptedIndex) {
            throw new IllegalArgumentException(
                    "decided index " + decidedIndex + " is not within the log of " + acceptedIndex + " entries");
        }
        if (compactedIndex < 0 || compactedIndex > decidedIndex) {
            throw new IllegalArgumentException(
                    "compacted up to " + compactedIndex + ", but decided only up to " + decidedIndex);
        }
        if (acceptedRound.isAbove(promise)) {
            throw new IllegalArgumentException("accepted in " + acceptedRound + " above the promise " + promise);
        }
    }

    /** The state of a log that was never compacted, in the first configuration. */
    public DurableState(
            Ballot promise,
            Ballot acceptedRound,
            long acceptedIndex,
            long decidedIndex,
            long bootCounter,
            long largestGrantNanos) {
        this(promise, acceptedRound, acceptedIndex, decidedIndex, bootCounter, largestGrantNanos, 0, null);
    }

    /** This state after the batch was written. */
    public DurableState after(WriteBatch batch) {
        Ballot newPromise = batch.promise() == null ? promise : batch.promise();
        Ballot newRound = batch.acceptedRound() == null ? acceptedRound : batch.acceptedRound();
        long newCompacted = batch.compactedIndex() == null ? compactedIndex : batch.compactedIndex();
        long newAccepted =
                batch.entries() == null ? acceptedIndex : batch.entries().lastIndex();
        long newDecided = batch.decidedIndex() == null ? decidedIndex : batch.decidedIndex();
        long newBoot = batch.bootCounter() == null ? bootCounter : batch.bootCounter();
        long newGrant = batch.largestGrantNanos() == null ? largestGrantNanos : batch.largestGrantNanos();
        Membership newMembership = batch.membership() == null ? membership : batch.membership();
        return new DurableState(
                newPromise,
                newRound,
                Math.max(newAccepted, newCompacted),
                Math.max(newDecided, newCompacted),
                newBoot,
                newGrant,
                newCompacted,
                newMembership);
    }
}
