package io.omnipaxos.storage.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a record, with a checksum of its own, so that the length can be trusted when the rest cannot.
 *
 * <p>A record is one batch: header, changed metadata, entries, checksum of these two, end mark, zeros up to the next
 * sector. It begins at a sector, so that a write of one record never touches a sector of an older one, and so that a
 * search for records need only look there. Every entry has a length and a checksum in front, for reads that do not
 * begin at the record.
 *
 * @param bodyLength the bytes of metadata and entries together
 * @param metadataLength the bytes of metadata
 * @param sequence the number of the record in this storage, from 1, without gaps
 * @param zeroSectors how many of the record's sectors hold nothing but zeros by themselves; see {@link TornTail}
 * @param parts which parts there are, as bits
 * @param firstIndex the index of the first entry, or 0 if the record does not change the log
 * @param entryCount how many entries there are
 */
record RecordHeader(
        int bodyLength,
        int metadataLength,
        long sequence,
        int zeroSectors,
        int parts,
        long firstIndex,
        int entryCount) {

    /** What a disk writes wholly or not at all. */
    static final int SECTOR = 512;

    static final int HEADER_BYTES = 44;
    static final int TRAILER_BYTES = 8;
    /** Of several bits in each byte, so that no single changed bit makes its last byte zero. */
    static final int END_MARK = 0x2E656E64;

    static final int LARGEST_BODY = 1 << 30;

    static final int PROMISE = 1;
    static final int ACCEPTED_ROUND = 2;
    static final int ENTRIES = 4;
    static final int DECIDED_INDEX = 8;
    static final int BOOT_COUNTER = 16;
    static final int LARGEST_GRANT = 32;
    static final int COMPACTED_INDEX = 64;
    static final int MEMBERSHIP = 128;
    /** The last record of its segment: the log goes on in the next one, which exists. */
    static final int SEAL = 256;

    private static final int MAGIC = 0x4F505243;
    private static final int CHECKED_BYTES = HEADER_BYTES - Integer.BYTES;
    private static final byte[] ZEROS = new byte[SECTOR];

    boolean has(int part) {
        return (parts & part) != 0;
    }

    RecordHeader withZeroSectors(int count) {
        return new RecordHeader(bodyLength, metadataLength, sequence, count, parts, firstIndex, entryCount);
    }

    long lastIndex() {
        return firstIndex + entryCount - 1;
    }

    /** Where the entries begin, from the start of the record. */
    int entriesOffset() {
        return HEADER_BYTES + metadataLength;
    }

    /** Where the entries end, from the start of the record. */
    int entriesEnd() {
        return HEADER_BYTES + bodyLength;
    }

    /** Without the zeros at the end. */
    int contentLength() {
        return HEADER_BYTES + bodyLength + TRAILER_BYTES;
    }

    /** In whole sectors. */
    int recordLength() {
        return wholeSectors(contentLength());
    }

    static int wholeSectors(int bytes) {
        return (bytes + SECTOR - 1) / SECTOR * SECTOR;
    }

    /** How many sectors of a range hold nothing but zeros; the last one may be a part of a sector. */
    static int countZeroSectors(byte[] bytes, int offset, int length) {
        int count = 0;
        int end = offset + length;
        for (int sector = offset; sector < end; sector += SECTOR) {
            if (isZero(bytes, sector, Math.min(SECTOR, end - sector))) {
                count++;
            }
        }
        return count;
    }

    /** Whether at most a sector of bytes holds nothing but zeros. */
    static boolean isZero(byte[] bytes, int offset, int length) {
        return Arrays.equals(bytes, offset, offset + length, ZEROS, 0, length);
    }

    /** Writes the header to the beginning of the record. */
    void put(byte[] record, Checksum checksum) {
        ByteBuffer target = ByteBuffer.wrap(record);
        target.putInt(MAGIC)
                .putInt(bodyLength)
                .putInt(metadataLength)
                .putLong(sequence)
                .putInt(zeroSectors)
                .putInt(parts)
                .putLong(firstIndex)
                .putInt(entryCount);
        target.putInt(checksum.of(record, 0, CHECKED_BYTES));
    }

    /** Null if no undamaged header stands there. */
    static @Nullable RecordHeader parse(byte[] bytes, int offset, Checksum checksum) {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        if (source.getInt(offset) != MAGIC
                || source.getInt(offset + CHECKED_BYTES) != checksum.of(bytes, offset, CHECKED_BYTES)) {
            return null;
        }
        return new RecordHeader(
                source.getInt(offset + 4),
                source.getInt(offset + 8),
                source.getLong(offset + 12),
                source.getInt(offset + 20),
                source.getInt(offset + 24),
                source.getLong(offset + 28),
                source.getInt(offset + 36));
    }
}
