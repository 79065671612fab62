package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Goes through the records of all segments in order, and knows the state after each. Keeps no entries. */
final class Replay {

    private static final int WINDOW = 1 << 20;
    private static final int KNOWN_PARTS = 2 * RecordHeader.SEAL - 1;

    private final Checksum checksum;
    private final SparseIndex index;
    private DurableState state;
    private long nextSequence;

    // Of the present segment.
    private long position;
    private @Nullable RecordHeader last;

    /** Begins before the oldest segment that there is. */
    Replay(SegmentHeader oldest) {
        this.checksum = new Checksum(oldest.owner().identity());
        this.index = new SparseIndex(oldest.checkpoint().acceptedIndex());
        this.state = oldest.checkpoint();
        this.nextSequence = oldest.firstSequence();
    }

    Checksum checksum() {
        return checksum;
    }

    SparseIndex index() {
        return index;
    }

    DurableState state() {
        return state;
    }

    long nextSequence() {
        return nextSequence;
    }

    /** Where the next record of the present segment begins. */
    long position() {
        return position;
    }

    /** The last record of the present segment, or null if it has none. */
    @Nullable
    RecordHeader last() {
        return last;
    }

    /** Whether the present segment ends with the mark that the log goes on in the next one. */
    boolean sealed() {
        return last != null && last.has(RecordHeader.SEAL);
    }

    /** Reads a segment up to its seal, or up to where no whole record follows. */
    ReadWindow read(SegmentHeader segment, OpenFile file, Path path) throws IOException {
        ReadWindow window = new ReadWindow(file, WINDOW);
        position = segment.length();
        last = null;
        while (!sealed()) {
            RecordHeader header = wholeRecordAt(window);
            if (header == null) {
                break;
            }
            apply(segment, header, window, path);
            last = header;
            nextSequence++;
            position += header.recordLength();
        }
        return window;
    }

    private @Nullable RecordHeader wholeRecordAt(ReadWindow window) throws IOException {
        if (window.load(position, RecordHeader.HEADER_BYTES) < RecordHeader.HEADER_BYTES) {
            return null;
        }
        RecordHeader header = RecordHeader.parse(window.bytes(), window.at(position), checksum);
        if (header == null
                || header.sequence() != nextSequence
                || position + header.contentLength() > window.fileSize()) {
            return null;
        }
        window.load(position, header.contentLength());
        int body = window.at(position) + RecordHeader.HEADER_BYTES;
        ByteBuffer bytes = ByteBuffer.wrap(window.bytes());
        boolean whole =
                bytes.getInt(body + header.bodyLength()) == checksum.of(window.bytes(), body, header.bodyLength())
                        && bytes.getInt(body + header.bodyLength() + 4) == RecordHeader.END_MARK;
        return whole ? header : null;
    }

    private void apply(SegmentHeader segment, RecordHeader header, ReadWindow window, Path path) {
        if ((header.parts() & ~KNOWN_PARTS) != 0) {
            throw new StorageException("record " + header.sequence() + " of " + path + " at offset " + position
                    + " has parts that this release does not know; start the release that wrote it, or a newer one");
        }
        ByteBuffer body = ByteBuffer.wrap(window.bytes());
        DurableState next = after(header, body.position(window.at(position) + RecordHeader.HEADER_BYTES));
        long last = Math.max(state.acceptedIndex(), next.compactedIndex());
        if (header.has(RecordHeader.ENTRIES) && (header.firstIndex() < 1 || header.firstIndex() > last + 1)) {
            throw Damage.at(path, position, "entries from " + header.firstIndex() + " follow on " + last);
        }
        state = next;
        if (header.has(RecordHeader.COMPACTED_INDEX)) {
            index.dropUpTo(state.compactedIndex());
        }
        index.add(header, window.bytes(), window.at(position), segment.number(), position);
    }

    private DurableState after(RecordHeader header, ByteBuffer body) {
        Ballot promise = header.has(RecordHeader.PROMISE) ? Encoding.getBallot(body) : state.promise();
        Ballot round = header.has(RecordHeader.ACCEPTED_ROUND) ? Encoding.getBallot(body) : state.acceptedRound();
        long accepted = header.has(RecordHeader.ENTRIES) ? header.lastIndex() : state.acceptedIndex();
        long decided = header.has(RecordHeader.DECIDED_INDEX) ? body.getLong() : state.decidedIndex();
        long boot = header.has(RecordHeader.BOOT_COUNTER) ? body.getLong() : state.bootCounter();
        long grant = header.has(RecordHeader.LARGEST_GRANT) ? body.getLong() : state.largestGrantNanos();
        long compacted = header.has(RecordHeader.COMPACTED_INDEX) ? body.getLong() : state.compactedIndex();
        Membership membership = header.has(RecordHeader.MEMBERSHIP) ? Encoding.getMembership(body) : state.membership();
        return new DurableState(
                promise,
                round,
                Math.max(accepted, compacted),
                Math.max(decided, compacted),
                boot,
                grant,
                compacted,
                membership);
    }
}
