package io.omnipaxos.spring.redis;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a snapshot a piece at a time. What fails once stays failed. */
final class SnapshotUpload extends SnapshotWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotUpload.class);

    private final StoredSnapshots snapshots;
    private final String key;
    private final long index;
    private final ClusterConfiguration configuration;
    private final LongSupplier compactedIndex;
    private final CRC32C checksum = new CRC32C();
    private final byte[] piece = new byte[Checked.BYTES + StoredSnapshots.PIECE];
    private int filled;
    private long pieces;
    private long length;
    private boolean closed;

    /**
     * @param key of its own, until it is committed
     * @param compactedIndex of the storage; throws once that is closed
     */
    SnapshotUpload(
            StoredSnapshots snapshots,
            String key,
            long index,
            ClusterConfiguration configuration,
            LongSupplier compactedIndex) {
        this.snapshots = snapshots;
        this.key = key;
        this.index = index;
        this.configuration = configuration;
        this.compactedIndex = compactedIndex;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        try {
            refuseClosed();
            int next = offset;
            while (next < offset + count) {
                int taken = Math.min(StoredSnapshots.PIECE - filled, offset + count - next);
                System.arraycopy(bytes, next, piece, Checked.BYTES + filled, taken);
                next += taken;
                filled += taken;
                if (filled == StoredSnapshots.PIECE) {
                    sendPiece();
                }
            }
        } catch (StorageException e) {
            close();
            throw new IOException(e.getMessage(), e);
        }
    }

    private void sendPiece() {
        checksum.update(piece, Checked.BYTES, filled);
        snapshots.stage(key, index, pieces, Arrays.copyOf(piece, Checked.BYTES + filled));
        pieces++;
        length += filled;
        filled = 0;
    }

    @Override
    public SnapshotInfo commit() {
        try {
            refuseClosed();
            if (filled > 0) {
                sendPiece();
            }
            SnapshotInfo info = new SnapshotInfo(index, configuration, length, (int) checksum.getValue());
            SnapshotInfo stored = snapshots.commit(key, info, compactedIndex);
            closed = true;
            return stored;
        } finally {
            close();
        }
    }

    private void refuseClosed() {
        long unused = compactedIndex.getAsLong();
        if (closed) {
            throw new StorageException("the snapshot of index " + index + " is closed, or failed before");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (pieces > 0) {
                discard();
            }
        }
    }

    private void discard() {
        try {
            snapshots.discardStaged(key);
        } catch (StorageException left) {
            LOG.debug("what was staged of a snapshot is left until the storage is opened again", left);
        }
    }
}
