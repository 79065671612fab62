package io.omnipaxos.storage.file;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * The beginning of a segment: whose it is, where it stands in the log, and all metadata as it was when the segment
 * was begun, so that nothing but entries is lost when older segments are dropped.
 *
 * <p>Magic, version, length and checksum stand at the same places in every version of the format. So damage is told
 * from a version that this one does not know.
 *
 * @param identity made at random when the directory was first used
 * @param clusterId the cluster of the node
 * @param pid the node
 * @param number the number of the segment, from 1, without gaps
 * @param firstSequence the sequence number of the segment's first record
 * @param trimmedIndex entries up to here may be missing from the files; 0 if none may
 * @param checkpoint the metadata before the segment's first record
 */
record SegmentHeader(
        UUID identity,
        String clusterId,
        long pid,
        long number,
        long firstSequence,
        long trimmedIndex,
        DurableState checkpoint) {

    private static final long MAGIC = 0x4F4D4E494C4F470AL;
    private static final int VERSION = 1;
    private static final int CHECKSUM_AT = 16;
    private static final int CHECKED_FROM = CHECKSUM_AT + Integer.BYTES;
    private static final int CLUSTER_ID_AT = CHECKED_FROM + 6 * Long.BYTES + Encoding.STATE_BYTES;
    private static final int LONGEST = 1 << 20;
    /** The identity is what this checksum has yet to prove, so it is not begun with one. */
    private static final UUID NO_IDENTITY = new UUID(0, 0);

    /** In bytes of the file: whole sectors. */
    int length() {
        return RecordHeader.wholeSectors(
                CLUSTER_ID_AT + Short.BYTES + clusterId.getBytes(StandardCharsets.UTF_8).length);
    }

    ByteBuffer encode() {
        ByteBuffer target = ByteBuffer.allocate(length());
        target.putLong(MAGIC).putInt(VERSION).putInt(target.capacity()).position(CHECKED_FROM);
        target.putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits())
                .putLong(pid)
                .putLong(number)
                .putLong(firstSequence)
                .putLong(trimmedIndex);
        Encoding.putState(target, checkpoint);
        byte[] name = clusterId.getBytes(StandardCharsets.UTF_8);
        target.putShort((short) name.length).put(name).clear();
        return target.putInt(CHECKSUM_AT, checksumOf(target.array()));
    }

    /**
     * Reads the header of a segment file.
     *
     * @throws StorageException if it is damaged, or of a version that is not known here
     */
    static SegmentHeader read(OpenFile file, Path path) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(CHECKED_FROM);
        file.read(fixed, 0);
        int length = fixed.getInt(12);
        if (fixed.hasRemaining()
                || fixed.getLong(0) != MAGIC
                || length < RecordHeader.SECTOR
                || length > Math.min(LONGEST, file.size())) {
            throw Damage.at(path, 0, "its header is not the one of a segment");
        }
        ByteBuffer source = ByteBuffer.allocate(length);
        file.read(source, 0);
        if (source.getInt(CHECKSUM_AT) != checksumOf(source.array())) {
            throw Damage.at(path, 0, "its header fails its checksum");
        }
        int version = source.getInt(8);
        if (version != VERSION) {
            throw new StorageException("the segment file " + path + " has format version " + version
                    + ", but this release knows only version " + VERSION
                    + "; start the release that wrote it, or a newer one");
        }
        return decode(source.position(CHECKED_FROM));
    }

    private static SegmentHeader decode(ByteBuffer source) {
        UUID identity = new UUID(source.getLong(), source.getLong());
        long pid = source.getLong();
        long number = source.getLong();
        long firstSequence = source.getLong();
        long trimmedIndex = source.getLong();
        DurableState checkpoint = Encoding.getState(source);
        byte[] name = new byte[source.getShort()];
        source.get(name);
        String clusterId = new String(name, StandardCharsets.UTF_8);
        return new SegmentHeader(identity, clusterId, pid, number, firstSequence, trimmedIndex, checkpoint);
    }

    static int checksumOf(byte[] header) {
        byte[] checked = Arrays.copyOf(header, header.length);
        Arrays.fill(checked, CHECKSUM_AT, CHECKED_FROM, (byte) 0);
        return new Checksum(NO_IDENTITY).of(checked, 0, checked.length);
    }
}
