package io.omnipaxos.storage.file;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the newest segment, one write and one sync each, and begins the next segment when it is full.
 *
 * <p>For small records the file grows by zeros in larger steps, before the record is begun: a sync of bytes that the
 * file already had is half as dear, as its length need not be written too, and a full disk is noticed while nothing of
 * the record is there. A large record gains little by being written twice, and its zeros would stall others.
 *
 * <p>Segments that are no longer needed are deleted, not used again: {@link TornTail} relies on zeros where nothing was
 * written yet, so their old records would have to be overwritten first.
 */
final class SegmentWriter implements Closeable {

    private static final int GROWTH = 2 << 20;
    private static final int LARGE_RECORD = 64 << 10;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

    private final SegmentDirectory segments;
    private final int segmentBytes;
    private final RecordEncoder encoder;
    private final SparseIndex index;
    /** Of all segments, rising; the last one is written to. */
    private final List<SegmentHeader> headers;

    private OpenFile file;
    private long position;
    private long fileSize;
    private long nextSequence;

    SegmentWriter(SegmentDirectory segments, int segmentBytes, Recovery.Recovered recovered) throws IOException {
        this.segments = segments;
        this.segmentBytes = segmentBytes;
        this.encoder = new RecordEncoder(new Checksum(recovered.owner().identity()));
        this.index = recovered.index();
        this.headers = new ArrayList<>(recovered.headers());
        this.position = recovered.position();
        this.nextSequence = recovered.nextSequence();
        this.file = segments.open(recovered.current().number());
        this.fileSize = file.size();
    }

    long segment() {
        return current().number();
    }

    private SegmentHeader current() {
        return headers.get(headers.size() - 1);
    }

    OpenFile file() {
        return file;
    }

    /**
     * Appends the record of a batch and makes it durable.
     *
     * @param before the state that the batch follows on
     */
    void append(WriteBatch batch, DurableState before) throws IOException {
        int length = RecordEncoder.lengthOf(batch);
        // The seal has its place in the segment, too.
        if (position > current().length() && position + length + RecordHeader.SECTOR > segmentBytes) {
            beginSegment(before);
        }
        append(encoder.encode(nextSequence, batch), batch.compactedIndex());
    }

    private void append(RecordEncoder.Encoded record, @Nullable Long compactedIndex) throws IOException {
        int length = record.header().recordLength();
        makeRoom(length);
        file.write(ByteBuffer.wrap(record.bytes(), 0, length), position);
        file.force();
        if (compactedIndex != null) {
            index.dropUpTo(compactedIndex);
        }
        index.add(record.header(), record.bytes(), 0, segment(), position);
        position += length;
        fileSize = Math.max(fileSize, position);
        nextSequence++;
    }

    /** The next segment is prepared before the seal that promises it, and gets its name after that. */
    private void beginSegment(DurableState checkpoint) throws IOException {
        SegmentHeader next = new SegmentHeader(current().owner(), segment() + 1, nextSequence + 1, checkpoint);
        requireSpace(next.length() + RecordHeader.SECTOR);
        segments.prepare(next);
        append(encoder.encodeSeal(nextSequence), null);
        file.close();
        segments.publish(next.number());
        headers.add(next);
        file = segments.open(next.number());
        fileSize = file.size();
        position = next.length();
    }

    /** Deletes the segments that hold nothing above an index. Not yet durable. */
    void deleteCompacted(long compactedIndex) throws IOException {
        segments.deleteCompacted(headers, compactedIndex);
    }

    /** How many bytes are free, at least those that are needed. */
    private long requireSpace(long needed) throws IOException {
        long usable = segments.usableSpace();
        if (usable < needed) {
            throw new StorageException("the disk is full: " + needed + " bytes more are needed beside "
                    + segments.pathOf(segment()) + ", but only " + usable
                    + " are free");
        }
        return usable;
    }

    private void makeRoom(int length) throws IOException {
        long end = position + length;
        if (end <= fileSize) {
            return;
        }
        long usable = requireSpace(end - fileSize);
        if (length >= LARGE_RECORD) {
            return;
        }
        long wanted = Math.max(end, Math.min(fileSize + GROWTH, segmentBytes));
        long grown = usable < wanted - fileSize ? end : wanted;
        while (fileSize < grown) {
            int count = (int) Math.min(ZEROS.capacity(), grown - fileSize);
            file.write(ZEROS.duplicate().limit(count), fileSize);
            fileSize += count;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
