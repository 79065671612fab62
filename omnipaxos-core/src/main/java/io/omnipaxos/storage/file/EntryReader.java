package io.omnipaxos.storage.file;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.file.SparseIndex.Point;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads entries from the segments, a bounded number of bytes at a time, and checks each. */
final class EntryReader implements Closeable {

    private static final int WINDOW = 64 << 10;

    private final SegmentDirectory segments;
    private final SegmentWriter writer;
    private final SparseIndex index;
    private final Checksum checksum;

    /** The older segment that was read last, kept open for the next read, and its number. */
    private @Nullable OpenFile older;

    private long olderNumber;

    EntryReader(SegmentDirectory segments, SegmentWriter writer, SparseIndex index, Checksum checksum) {
        this.segments = segments;
        this.writer = writer;
        this.index = index;
        this.checksum = checksum;
    }

    /** Reads stored entries as {@link io.omnipaxos.log.LogReader#read} says. */
    List<LogEntry> read(long from, long to, long maxBytes) throws IOException {
        List<LogEntry> found = new ArrayList<>();
        long next = from;
        long bytes = 0;
        while (next <= to) {
            Point point = index.floor(next);
            if (point == null) {
                throw new IllegalStateException("entry " + next + " is stored, but it is not known where");
            }
            Walk walk = new Walk(point, fileOf(point.segment()));
            long last = Math.min(to, index.lastOfStretch(next));
            walk.skipTo(next);
            for (; next <= last; next++) {
                LogEntry entry = walk.next();
                bytes += entry.size();
                if (bytes > maxBytes && !found.isEmpty()) {
                    return found;
                }
                found.add(entry);
            }
        }
        return found;
    }

    private OpenFile fileOf(long number) throws IOException {
        if (number == writer.segment()) {
            return writer.file();
        }
        if (older == null || olderNumber != number) {
            close();
            older = segments.open(number);
            olderNumber = number;
        }
        return older;
    }

    @Override
    public void close() throws IOException {
        OpenFile file = older;
        older = null;
        if (file != null) {
            file.close();
        }
    }

    /** Goes from entry to entry, and from record to record, behind a point. */
    private final class Walk {

        private final Path path;
        private final ReadWindow window;
        private long position;
        private int offset;
        private RecordHeader header;
        private long entry;

        Walk(Point point, OpenFile file) throws IOException {
            this.path = segments.pathOf(point.segment());
            this.window = new ReadWindow(file, WINDOW);
            this.position = point.position();
            this.header = headerAt(position);
            this.offset = point.offset();
            this.entry = point.index();
        }

        void skipTo(long wanted) throws IOException {
            while (entry < wanted) {
                // Loading may move to the next record, and with it the offset.
                int length = loadFrame();
                offset += RecordEncoder.ENTRY_FRAME + length;
                entry++;
            }
        }

        LogEntry next() throws IOException {
            int length = loadFrame();
            long frame = position + offset;
            if (window.load(frame, RecordEncoder.ENTRY_FRAME + length) < RecordEncoder.ENTRY_FRAME + length) {
                throw unreadable("the file ends within entry " + entry);
            }
            int start = window.at(frame) + RecordEncoder.ENTRY_FRAME;
            int expected = ByteBuffer.wrap(window.bytes()).getInt(start - Integer.BYTES);
            if (expected != checksum.of(window.bytes(), start, length)) {
                throw unreadable("entry " + entry + " fails its checksum");
            }
            offset += RecordEncoder.ENTRY_FRAME + length;
            entry++;
            return Encoding.getEntry(ByteBuffer.wrap(window.bytes(), start, length));
        }

        /** Makes the frame of the next entry accessible, in the next record with entries if this one has no more. */
        private int loadFrame() throws IOException {
            while (offset >= header.entriesEnd()) {
                position += header.recordLength();
                header = headerAt(position);
                offset = header.entriesOffset();
                if (header.has(RecordHeader.ENTRIES) && header.firstIndex() != entry) {
                    throw unreadable("entry " + header.firstIndex() + " stands in the place of entry " + entry);
                }
            }
            long frame = position + offset;
            if (window.load(frame, RecordEncoder.ENTRY_FRAME) < RecordEncoder.ENTRY_FRAME) {
                throw unreadable("the file ends before entry " + entry);
            }
            int length = ByteBuffer.wrap(window.bytes()).getInt(window.at(frame));
            if (length < 1 || length > header.entriesEnd() - offset - RecordEncoder.ENTRY_FRAME) {
                throw unreadable("the length of entry " + entry + " is damaged");
            }
            return length;
        }

        private RecordHeader headerAt(long place) throws IOException {
            int present = window.load(place, RecordHeader.HEADER_BYTES);
            RecordHeader found = present < RecordHeader.HEADER_BYTES
                    ? null
                    : RecordHeader.parse(window.bytes(), window.at(place), checksum);
            if (found == null) {
                throw Damage.at(path, place, "a record that was whole before is not any more");
            }
            return found;
        }

        private RuntimeException unreadable(String what) {
            return Damage.at(path, position + offset, what);
        }
    }
}
