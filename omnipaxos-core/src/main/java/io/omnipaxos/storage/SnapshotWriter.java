package io.omnipaxos.storage;

import io.omnipaxos.log.SnapshotInfo;
import java.io.OutputStream;

/** A snapshot that is being written. Used by one thread. */
public abstract class SnapshotWriter extends OutputStream {

    /**
     * Makes the snapshot durable; it is among the storage's snapshots from now on.
     *
     * @throws StorageException if it could not be made durable; the storage goes on without it
     */
    public abstract SnapshotInfo commit();

    /** Drops what was written unless it was committed. */
    @Override
    public abstract void close();
}
