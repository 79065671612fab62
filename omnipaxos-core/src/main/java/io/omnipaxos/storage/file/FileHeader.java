package io.omnipaxos.storage.file;

import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The frame of the header of a file, in whole sectors. Magic, version, length and checksum stand at the same places in
 * every version of the format, so that damage is told from a version that this one does not know.
 */
final class FileHeader {

    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int CHECKSUM_AT = 16;
    private static final int CONTENT_AT = 20;
    private static final int LONGEST = 1 << 20;
    /** The identity is what this checksum has yet to prove, so it is not begun with one. */
    private static final UUID NO_IDENTITY = new UUID(0, 0);

    private FileHeader() {}

    /** In bytes of the file. */
    static int lengthFor(int contentLength) {
        return RecordHeader.wholeSectors(CONTENT_AT + contentLength);
    }

    /** A header as it is to be written. */
    static ByteBuffer encode(long magic, int contentLength, Consumer<ByteBuffer> content) {
        ByteBuffer header = ByteBuffer.allocate(lengthFor(contentLength));
        header.putLong(magic).putInt(VERSION).putInt(header.capacity()).position(CONTENT_AT);
        content.accept(header);
        return header.clear().putInt(CHECKSUM_AT, checksumOf(header.array()));
    }

    /**
     * Reads the header at the beginning of a file, and stands at what was filled in.
     *
     * @throws Damage if it is damaged
     * @throws StorageException if it is of a version that is not known here
     */
    static ByteBuffer read(OpenFile file, Path path, long magic) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(CONTENT_AT);
        file.read(fixed, 0);
        int length = fixed.getInt(LENGTH_AT);
        if (fixed.hasRemaining()
                || fixed.getLong(0) != magic
                || length < RecordHeader.SECTOR
                || length > Math.min(LONGEST, file.size())) {
            throw Damage.at(path, 0, "its header is not the one of such a file");
        }
        ByteBuffer header = ByteBuffer.allocate(length);
        file.read(header, 0);
        if (header.getInt(CHECKSUM_AT) != checksumOf(header.array())) {
            throw Damage.at(path, 0, "its header fails its checksum");
        }
        int version = header.getInt(VERSION_AT);
        if (version != VERSION) {
            throw new StorageException("the file " + path + " has format version " + version
                    + ", but this release knows only version " + VERSION
                    + "; start the release that wrote it, or a newer one");
        }
        return header.position(CONTENT_AT);
    }

    static int checksumOf(byte[] header) {
        byte[] checked = header.clone();
        Arrays.fill(checked, CHECKSUM_AT, CONTENT_AT, (byte) 0);
        return new Checksum(NO_IDENTITY).of(checked, 0, checked.length);
    }
}
