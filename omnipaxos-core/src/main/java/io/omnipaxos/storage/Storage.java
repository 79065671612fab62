package io.omnipaxos.storage;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogReader;

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

    /** Frees files and locks. Does nothing on a closed storage. */
    @Override
    void close();
}
