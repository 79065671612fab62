package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Writes a snapshot file under a name of its own, a block at a time, and gives it its final name once all of it is
 * durable. What fails once stays failed.
 */
final class SnapshotFileWriter extends SnapshotWriter {

    private final SnapshotDirectory directory;
    private final Path path;
    private final OpenFile file;
    private final FileOwner owner;
    private final long index;
    private final ClusterConfiguration configuration;
    private final Checksum blockChecksum;
    private final CRC32C contentChecksum = new CRC32C();
    private final byte[] block = new byte[SnapshotHeader.BLOCK + SnapshotHeader.BLOCK_TRAILER];
    private int filled;
    private long length;
    private long position;
    private long reserved;
    private boolean closed;

    SnapshotFileWriter(
            SnapshotDirectory directory,
            Path path,
            OpenFile file,
            FileOwner owner,
            long index,
            ClusterConfiguration configuration) {
        this.directory = directory;
        this.path = path;
        this.file = file;
        this.owner = owner;
        this.index = index;
        this.configuration = configuration;
        this.blockChecksum = new Checksum(owner.identity());
        this.position = SnapshotHeader.lengthFor(owner, configuration);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        refuseClosed();
        int next = offset;
        while (next < offset + count) {
            int taken = Math.min(SnapshotHeader.BLOCK - filled, offset + count - next);
            System.arraycopy(bytes, next, block, filled, taken);
            next += taken;
            filled += taken;
            if (filled == SnapshotHeader.BLOCK) {
                writeBlock();
            }
        }
    }

    private void writeBlock() throws IOException {
        contentChecksum.update(block, 0, filled);
        int count = filled + SnapshotHeader.BLOCK_TRAILER;
        ByteBuffer written = ByteBuffer.wrap(block, 0, count).putInt(filled, blockChecksum.of(block, 0, filled));
        try {
            if (reserved < count) {
                if (length > 0) {
                    // In steps, so that no sync of the log has to wait for all of the snapshot.
                    file.force();
                }
                reserved = directory.reserveSpace(count);
            }
            file.write(written, position);
        } catch (IOException e) {
            close();
            throw e;
        }
        reserved -= count;
        position += count;
        length += filled;
        filled = 0;
    }

    @Override
    public SnapshotInfo commit() {
        try {
            finishContent();
            return store();
        } catch (IOException e) {
            throw new StorageException(
                    "the snapshot of index " + index + " cannot be stored as " + directory.pathOf(index) + ": " + e, e);
        } finally {
            close();
        }
    }

    private SnapshotInfo store() throws IOException {
        SnapshotInfo info = new SnapshotInfo(index, configuration, length, (int) contentChecksum.getValue());
        file.write(new SnapshotHeader(owner, info).encode(), 0);
        file.force();
        file.close();
        SnapshotInfo stored = directory.publish(path, info);
        closed = true;
        return stored;
    }

    private void finishContent() throws IOException {
        refuseClosed();
        if (filled > 0) {
            writeBlock();
        }
    }

    private void refuseClosed() throws IOException {
        if (closed) {
            throw new IOException("the snapshot of index " + index + " is closed, or failed before");
        }
        directory.refuseClosed();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            directory.discard(path, file);
        }
    }
}
