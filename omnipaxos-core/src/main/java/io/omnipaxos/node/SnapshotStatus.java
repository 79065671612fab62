package io.omnipaxos.node;

import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a node's own state, since it was started.
 *
 * @param index the last index that the newest one covers, also one from before the start or from another node; 0 if none
 *     is known
 * @param length of the newest one, in bytes
 * @param taken how many were stored
 * @param failed how many attempts failed
 * @param failure why the last attempt failed, in words; null if it succeeded, or there was none
 */
public record SnapshotStatus(
        long index,
        long length,
        long taken,
        long failed,
        @Nullable String failure) {

    /** Nothing is known. */
    public static final SnapshotStatus NONE = new SnapshotStatus(0, 0, 0, 0, null);

    /** After this one was found. */
    SnapshotStatus found(long newIndex, long newLength) {
        return new SnapshotStatus(newIndex, newLength, taken, failed, failure);
    }

    /** After this one was stored. */
    SnapshotStatus stored(long newIndex, long newLength) {
        return new SnapshotStatus(newIndex, newLength, taken + 1, failed, null);
    }

    /** After an attempt failed. */
    SnapshotStatus failed(String reason) {
        return new SnapshotStatus(index, length, taken, failed + 1, reason);
    }
}
