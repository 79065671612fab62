package io.omnipaxos.storage;

import io.omnipaxos.log.SnapshotInfo;
import java.io.OutputStream;

/**
 * A snapshot that is being written. Used by one thread. What fails once stays failed; the storage goes on without it.
 */
public abstract class SnapshotWriter extends OutputStream {

    /**
     * Makes the snapshot durable; it is among the storage's snapshots from now on. If there is one of that index
     * already, that one stays instead, as it stands for the same.
     *
     * @return the snapshot that there is now
     * @throws StorageException if it could not be made durable, or the log begins behind a newer one already
     * @throws IllegalArgumentException if nothing was written
     */
    public abstract SnapshotInfo commit();

    /** Drops what was written unless it was committed. */
    @Override
    public abstract void close();
}
