package io.omnipaxos.storage;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.log.SnapshotInfo;
import java.io.Closeable;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The snapshot that a storage is receiving from another node, piece by piece. Used by one thread at a time. */
public final class SnapshotReception implements Closeable {

    private final Beginning beginning;
    private final CRC32C checksum = new CRC32C();
    private @Nullable SnapshotInfo whole;
    private @Nullable SnapshotWriter writer;
    private long bytes;

    /** Begins to store a snapshot whose first piece has come. */
    @FunctionalInterface
    public interface Beginning {

        /** Of the snapshot that covers everything up to this index, with the configuration in force after it. */
        SnapshotWriter begin(long index, ClusterConfiguration configuration) throws IOException;
    }

    /**
     * Receives nothing yet.
     *
     * @param beginning asked with the first piece of each snapshot
     */
    public SnapshotReception(Beginning beginning) {
        this.beginning = beginning;
    }

    /** Refuses a piece as {@link StorageRules#checkFollows} says. */
    public void check(SnapshotPart part) {
        StorageRules.checkFollows(whole, bytes, part);
    }

    /**
     * Stores a checked piece; durable only with the last one.
     *
     * @throws IOException if it could not be stored
     * @throws StorageException if it could not be stored, or the whole is not what its checksum says
     */
    public void add(SnapshotPart part) throws IOException {
        SnapshotWriter receiving = writer;
        if (part.offset() == 0 || receiving == null) {
            close();
            receiving = beginning.begin(part.snapshot().index(), part.snapshot().configuration());
            writer = receiving;
            whole = part.snapshot();
        }
        receiving.write(part.bytes());
        checksum.update(part.bytes());
        bytes += part.bytes().length;
        if (part.isLast()) {
            commit(receiving, part.snapshot());
        }
    }

    private void commit(SnapshotWriter received, SnapshotInfo expected) {
        try {
            if ((int) checksum.getValue() != expected.checksum()) {
                throw new StorageException("the snapshot of index " + expected.index() + " that was received is not"
                        + " what its checksum says; start the node again, so that it is sent again");
            }
            received.commit();
        } finally {
            close();
        }
    }

    /** What was received of an unfinished snapshot is dropped. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
        writer = null;
        whole = null;
        checksum.reset();
        bytes = 0;
    }
}
