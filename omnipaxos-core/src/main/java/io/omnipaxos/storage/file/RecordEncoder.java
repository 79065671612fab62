package io.omnipaxos.storage.file;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.storage.Encoding;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Makes records of batches, in one array that is used again. */
final class RecordEncoder {

    /** In front of each entry: its length and its checksum. */
    static final int ENTRY_FRAME = 8;

    private static final int LARGEST_KEPT = 1 << 20;

    private final Checksum checksum;
    private byte[] kept = new byte[1 << 14];

    RecordEncoder(Checksum checksum) {
        this.checksum = checksum;
    }

    /**
     * How many bytes the record of a batch takes.
     *
     * @throws IllegalArgumentException if it is too large for one record
     */
    static int lengthOf(WriteBatch batch) {
        return RecordHeader.wholeSectors(RecordHeader.HEADER_BYTES + bodyLength(batch) + RecordHeader.TRAILER_BYTES);
    }

    /** A record as it is to be written, at the beginning of the bytes, valid until the next one is encoded. */
    record Encoded(RecordHeader header, byte[] bytes) {}

    Encoded encode(long sequence, WriteBatch batch) {
        byte[] bytes = bytes(lengthOf(batch));
        ByteBuffer target = ByteBuffer.wrap(bytes).position(RecordHeader.HEADER_BYTES);
        putMetadata(target, batch);
        int metadataLength = target.position() - RecordHeader.HEADER_BYTES;
        LogWrite write = batch.entries();
        if (write != null) {
            write.entries().forEach(entry -> putEntry(target, bytes, entry));
        }
        RecordHeader header = new RecordHeader(
                target.position() - RecordHeader.HEADER_BYTES,
                metadataLength,
                sequence,
                0,
                partsOf(batch),
                write == null ? 0 : write.firstIndex(),
                write == null ? 0 : write.entries().size());
        return finish(header, bytes);
    }

    private void putEntry(ByteBuffer target, byte[] bytes, LogEntry entry) {
        int frame = target.position();
        Encoding.putEntry(target.position(frame + ENTRY_FRAME), entry);
        int length = target.position() - frame - ENTRY_FRAME;
        target.putInt(frame, length).putInt(frame + 4, checksum.of(bytes, frame + ENTRY_FRAME, length));
    }

    /** The last record of a segment that has a successor. */
    Encoded encodeSeal(long sequence) {
        RecordHeader header = new RecordHeader(0, 0, sequence, 0, RecordHeader.SEAL, 0, 0);
        return finish(header, bytes(RecordHeader.SECTOR));
    }

    private Encoded finish(RecordHeader header, byte[] bytes) {
        int bodyEnd = header.entriesEnd();
        int length = header.recordLength();
        ByteBuffer.wrap(bytes)
                .putInt(bodyEnd, checksum.of(bytes, RecordHeader.HEADER_BYTES, header.bodyLength()))
                .putInt(bodyEnd + 4, RecordHeader.END_MARK);
        Arrays.fill(bytes, header.contentLength(), length, (byte) 0);
        int zeroSectors = RecordHeader.countZeroSectors(bytes, RecordHeader.SECTOR, length - RecordHeader.SECTOR);
        RecordHeader counted = header.withZeroSectors(zeroSectors);
        counted.put(bytes, checksum);
        return new Encoded(counted, bytes);
    }

    private byte[] bytes(int length) {
        if (length > LARGEST_KEPT) {
            return new byte[length];
        }
        if (kept.length < length) {
            kept = new byte[Math.min(LARGEST_KEPT, 2 * length)];
        }
        return kept;
    }

    private static int partsOf(WriteBatch batch) {
        return (batch.promise() == null ? 0 : RecordHeader.PROMISE)
                | (batch.acceptedRound() == null ? 0 : RecordHeader.ACCEPTED_ROUND)
                | (batch.entries() == null ? 0 : RecordHeader.ENTRIES)
                | (batch.decidedIndex() == null ? 0 : RecordHeader.DECIDED_INDEX)
                | (batch.bootCounter() == null ? 0 : RecordHeader.BOOT_COUNTER)
                | (batch.largestGrantNanos() == null ? 0 : RecordHeader.LARGEST_GRANT)
                | (batch.compactedIndex() == null ? 0 : RecordHeader.COMPACTED_INDEX)
                | (batch.membership() == null ? 0 : RecordHeader.MEMBERSHIP);
    }

    private static int bodyLength(WriteBatch batch) {
        long length = metadataLength(batch);
        if (batch.entries() != null) {
            for (LogEntry entry : batch.entries().entries()) {
                length += ENTRY_FRAME + Encoding.lengthOf(entry);
            }
        }
        if (length > RecordHeader.LARGEST_BODY) {
            throw new IllegalArgumentException("a batch of " + length + " bytes is larger than the largest that can be"
                    + " written at once, " + RecordHeader.LARGEST_BODY + " bytes");
        }
        return (int) length;
    }

    private static int metadataLength(WriteBatch batch) {
        int parts = partsOf(batch);
        int ballots = Integer.bitCount(parts & (RecordHeader.PROMISE | RecordHeader.ACCEPTED_ROUND));
        int numbers = Integer.bitCount(parts
                & (RecordHeader.DECIDED_INDEX
                        | RecordHeader.BOOT_COUNTER
                        | RecordHeader.LARGEST_GRANT
                        | RecordHeader.COMPACTED_INDEX));
        int membership = batch.membership() == null ? 0 : Encoding.lengthOf(batch.membership());
        return ballots * Encoding.BALLOT_BYTES + numbers * Long.BYTES + membership;
    }

    private static void putMetadata(ByteBuffer target, WriteBatch batch) {
        if (batch.promise() != null) {
            Encoding.putBallot(target, batch.promise());
        }
        if (batch.acceptedRound() != null) {
            Encoding.putBallot(target, batch.acceptedRound());
        }
        if (batch.decidedIndex() != null) {
            target.putLong(batch.decidedIndex());
        }
        if (batch.bootCounter() != null) {
            target.putLong(batch.bootCounter());
        }
        if (batch.largestGrantNanos() != null) {
            target.putLong(batch.largestGrantNanos());
        }
        if (batch.compactedIndex() != null) {
            target.putLong(batch.compactedIndex());
        }
        if (batch.membership() != null) {
            Encoding.putMembership(target, batch.membership());
        }
    }
}
