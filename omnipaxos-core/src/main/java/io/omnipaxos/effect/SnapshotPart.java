package io.omnipaxos.effect;

import io.omnipaxos.log.SnapshotInfo;

/**
 * A piece of a snapshot that is received from another node. Pieces come in order, from the offset 0 on; a piece of
 * offset 0 drops what was received before it. With the last one the snapshot is stored.
 *
 * @param snapshot the whole
 * @param offset where the piece begins
 * @param bytes at least one; must not be changed by anybody
 */
public record SnapshotPart(SnapshotInfo snapshot, long offset, byte[] bytes) {

    /** Whether the snapshot is complete with this piece. */
    public boolean isLast() {
        return offset + bytes.length == snapshot.length();
    }
}
