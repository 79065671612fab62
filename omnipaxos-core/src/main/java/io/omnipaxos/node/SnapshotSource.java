package io.omnipaxos.node;

import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/** Reads a stored snapshot piece by piece, and checks it against its checksum once all of it was read. */
final class SnapshotSource extends InputStream {

    private static final int PIECE_BYTES = 1 << 18;

    private final LogReader storage;
    private final SnapshotInfo snapshot;
    private final BooleanSupplier stopped;
    private final CRC32C checksum = new CRC32C();
    private byte[] piece = new byte[0];
    private int position;
    private long offset;

    /** @param stopped whether nobody waits for the rest any more; then reading fails */
    SnapshotSource(LogReader storage, SnapshotInfo snapshot, BooleanSupplier stopped) {
        this.storage = storage;
        this.snapshot = snapshot;
        this.stopped = stopped;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? piece[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int start, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, target, start, count);
        position += count;
        return count;
    }

    /**
     * Reads what is left.
     *
     * @throws IOException if the whole is not what its checksum says
     */
    void checkToEnd() throws IOException {
        position = piece.length;
        while (hasMore()) {
            position = piece.length;
        }
        if ((int) checksum.getValue() != snapshot.checksum()) {
            throw new IOException("its content is damaged: it is not what its checksum says");
        }
    }

    private boolean hasMore() throws IOException {
        if (position == piece.length && offset < snapshot.length()) {
            readPiece();
        }
        return position < piece.length;
    }

    private void readPiece() throws IOException {
        if (stopped.getAsBoolean()) {
            throw new IOException("the node was stopped");
        }
        try {
            piece = storage.readSnapshot(snapshot.index(), offset, PIECE_BYTES);
        } catch (RuntimeException unreadable) {
            throw new IOException("it cannot be read: " + unreadable.getMessage(), unreadable);
        }
        position = 0;
        offset += piece.length;
        checksum.update(piece);
    }
}
