package io.omnipaxos.storage;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogReader;
import java.util.UUID;

/**
 * Keeps what a node may never forget. Opening recovers; a storage whose content is damaged refuses to open.
 *
 * <p>Used by one thread at a time, the node's loop. After a failed {@link #write} the storage is in an unknown state
 * and answers every further write with the same failure: it is never tried again, as an operating system may drop
 * unwritten pages after a failed sync and report success the second time.
 */
public interface Storage extends LogReader, AutoCloseable {

    /** What was found when the storage was opened, and every batch written since. */
    DurableState state();

    /**
     * Writes one batch, atomically and durably: when this returns, all of it survives a loss of power.
     *
     * @throws StorageException if it could not be made durable; final for this storage
     * @throws IllegalArgumentException if the batch does not follow on what is stored; nothing is written
     */
    void write(WriteBatch batch);

    /**
     * Names this storage: made at random with it, and the same as long as it exists. A node whose storage has another
     * name than before has forgotten what it promised.
     */
    UUID identity();

    /**
     * Stores a piece of a snapshot that is received from another node. With the last piece the whole is made durable and
     * is among {@link #snapshots}. What was received before a restart is dropped.
     *
     * @throws StorageException if it could not be stored, or is not what its checksum says; final for this storage
     * @throws IllegalArgumentException if the piece does not follow on the one before it, or the snapshot is not above
     *     the compacted index; nothing is stored
     */
    void write(SnapshotPart part);

    /**
     * Begins a snapshot of this node's own state. May be written by any thread while this storage is used by another.
     *
     * @param index the last index that the snapshot covers, decided and durable here
     * @param configuration in force after that index
     * @throws StorageException if it cannot be begun; the storage goes on without it
     * @throws IllegalArgumentException if the log does not reach that index
     */
    SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration);

    /**
     * Called by the node's loop before each of its steps. A storage that can be lost without being written to, as to
     * another process, says so here; it must not wait for anything.
     *
     * @throws StorageException if this storage has failed; final
     */
    default void check() {}

    /** Frees files and locks. Does nothing on a closed storage. */
    @Override
    void close();
}
