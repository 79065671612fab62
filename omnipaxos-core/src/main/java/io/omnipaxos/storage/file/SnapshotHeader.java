package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The beginning of a snapshot file: whose it is, and what it covers. The content follows in blocks of {@link #BLOCK}
 * bytes, the last one shorter, each with its checksum behind it, for reads that do not begin at the beginning.
 *
 * @param owner whose it is
 * @param info what it covers; its checksum is that of the content without the blocks' own checksums
 */
record SnapshotHeader(FileOwner owner, SnapshotInfo info) {

    static final int BLOCK = 64 << 10;
    static final int BLOCK_TRAILER = Integer.BYTES;

    private static final long MAGIC = 0x4F4D4E49534E4150L;

    /** In bytes of the file, known before the content is. */
    static int lengthFor(FileOwner owner, ClusterConfiguration configuration) {
        return FileHeader.lengthFor(contentLength(owner, configuration));
    }

    private static int contentLength(FileOwner owner, ClusterConfiguration configuration) {
        return owner.length() + 2 * Long.BYTES + Integer.BYTES + Encoding.lengthOf(configuration);
    }

    /** Where a block begins in the file. */
    long positionOf(long block) {
        return lengthFor(owner, info.configuration()) + block * (BLOCK + BLOCK_TRAILER);
    }

    /** How many bytes of content a block has. */
    int lengthOf(long block) {
        return (int) Math.min(BLOCK, info.length() - block * BLOCK);
    }

    /** Of the whole file. */
    long fileLength() {
        long last = (info.length() - 1) / BLOCK;
        return positionOf(last) + lengthOf(last) + BLOCK_TRAILER;
    }

    ByteBuffer encode() {
        return FileHeader.encode(MAGIC, contentLength(owner, info.configuration()), target -> {
            owner.put(target);
            target.putLong(info.index()).putLong(info.length()).putInt(info.checksum());
            Encoding.putConfiguration(target, info.configuration());
        });
    }

    /**
     * Reads the header of a snapshot file.
     *
     * @throws StorageException if it is damaged, or of a version that is not known here
     */
    static SnapshotHeader read(OpenFile file, Path path) throws IOException {
        ByteBuffer source = FileHeader.read(file, path, MAGIC);
        FileOwner owner = FileOwner.get(source);
        long index = source.getLong();
        long length = source.getLong();
        int checksum = source.getInt();
        return new SnapshotHeader(owner, new SnapshotInfo(index, Encoding.getConfiguration(source), length, checksum));
    }
}
