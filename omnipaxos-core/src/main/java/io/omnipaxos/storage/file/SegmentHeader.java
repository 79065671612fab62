package io.omnipaxos.storage.file;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The beginning of a segment: whose it is, where it stands in the log, and all metadata as it was when the segment
 * was begun, so that nothing but entries is lost when older segments are deleted.
 *
 * @param owner whose it is
 * @param number the number of the segment, from 1, without gaps
 * @param firstSequence the sequence number of the segment's first record
 * @param checkpoint the metadata before the segment's first record
 */
record SegmentHeader(FileOwner owner, long number, long firstSequence, DurableState checkpoint) {

    private static final long MAGIC = 0x4F4D4E494C4F470AL;

    /** In bytes of the file: whole sectors. */
    int length() {
        return FileHeader.lengthFor(contentLength());
    }

    private int contentLength() {
        return owner.length() + 2 * Long.BYTES + Encoding.lengthOf(checkpoint);
    }

    ByteBuffer encode() {
        return FileHeader.encode(MAGIC, contentLength(), target -> {
            owner.put(target);
            target.putLong(number).putLong(firstSequence);
            Encoding.putState(target, checkpoint);
        });
    }

    /**
     * Reads the header of a segment file.
     *
     * @throws StorageException if it is damaged, or of a version that is not known here
     */
    static SegmentHeader read(OpenFile file, Path path) throws IOException {
        ByteBuffer source = FileHeader.read(file, path, MAGIC);
        return new SegmentHeader(FileOwner.get(source), source.getLong(), source.getLong(), Encoding.getState(source));
    }
}
