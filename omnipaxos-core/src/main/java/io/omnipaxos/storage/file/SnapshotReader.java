package io.omnipaxos.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads a snapshot file block by block, and checks each. */
final class SnapshotReader {

    private final OpenFile file;
    private final Path path;
    private final SnapshotHeader header;
    private final Checksum checksum;
    private final ByteBuffer block = ByteBuffer.allocate(SnapshotHeader.BLOCK + SnapshotHeader.BLOCK_TRAILER);

    /** Of an open file, which it leaves open. */
    SnapshotReader(OpenFile file, Path path) throws IOException {
        this.file = file;
        this.path = path;
        this.header = SnapshotHeader.read(file, path);
        this.checksum = new Checksum(header.owner().identity());
    }

    SnapshotHeader header() {
        return header;
    }

    /** Reads as {@link io.omnipaxos.log.LogReader#readSnapshot} says. */
    byte[] read(long offset, int maxBytes) throws IOException {
        ByteBuffer found =
                ByteBuffer.allocate((int) Math.min(maxBytes, header.info().length() - offset));
        while (found.hasRemaining()) {
            long next = offset + found.position();
            int length = load(next / SnapshotHeader.BLOCK);
            int from = (int) (next % SnapshotHeader.BLOCK);
            found.put(block.array(), from, Math.min(length - from, found.remaining()));
        }
        return found.array();
    }

    /**
     * Reads everything.
     *
     * @throws Damage if it is not what was written
     */
    void checkWhole() throws IOException {
        if (file.size() != header.fileLength()) {
            throw Damage.at(
                    path,
                    Math.min(file.size(), header.fileLength()),
                    "it has " + file.size() + " bytes instead of " + header.fileLength());
        }
        CRC32C content = new CRC32C();
        for (long number = 0; number * SnapshotHeader.BLOCK < header.info().length(); number++) {
            content.update(block.array(), 0, load(number));
        }
        if ((int) content.getValue() != header.info().checksum()) {
            throw Damage.at(path, 0, "its content fails its checksum");
        }
    }

    /** Loads a block and tells how many bytes of content it has. */
    private int load(long number) throws IOException {
        int length = header.lengthOf(number);
        block.clear().limit(length + SnapshotHeader.BLOCK_TRAILER);
        file.read(block, header.positionOf(number));
        if (block.hasRemaining() || block.getInt(length) != checksum.of(block.array(), 0, length)) {
            throw Damage.at(path, header.positionOf(number), "a block of the snapshot fails its checksum");
        }
        return length;
    }
}
