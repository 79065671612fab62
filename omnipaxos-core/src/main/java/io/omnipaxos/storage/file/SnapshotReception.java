package io.omnipaxos.storage.file;

import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The snapshot that is being received from another node, piece by piece. */
final class SnapshotReception implements Closeable {

    private final SnapshotDirectory snapshots;
    private @Nullable SnapshotInfo whole;
    private @Nullable SnapshotFileWriter writer;
    private long bytes;

    SnapshotReception(SnapshotDirectory snapshots) {
        this.snapshots = snapshots;
    }

    /** Refuses a piece as {@link StorageRules#checkFollows} says. */
    void check(SnapshotPart part) {
        StorageRules.checkFollows(whole, bytes, part);
    }

    /**
     * Stores a checked piece; durable only with the last one.
     *
     * @throws StorageException if the whole is not what its checksum says
     */
    void add(SnapshotPart part) throws IOException {
        SnapshotFileWriter target = writer;
        if (part.offset() == 0 || target == null) {
            close();
            target = snapshots.begin(part.snapshot().index(), part.snapshot().configuration());
            writer = target;
            whole = part.snapshot();
        }
        target.write(part.bytes());
        bytes += part.bytes().length;
        if (part.isLast()) {
            target.commit(part.snapshot());
            close();
        }
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
        writer = null;
        whole = null;
        bytes = 0;
    }
}
