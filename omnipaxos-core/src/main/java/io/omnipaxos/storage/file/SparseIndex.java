package io.omnipaxos.storage.file;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in the files the entries are, by one point for each stretch of 64 KiB: no bytes per entry.
 *
 * <p>From a point up to the next one the living entries follow each other in one segment, perhaps with records between
 * that change no entries. So each overwritten end begins a new point, and what it made dead lies behind the end of the
 * stretch before. What a snapshot stands for has no points.
 */
final class SparseIndex {

    private static final int SPACING = 64 << 10;

    private final List<Point> points = new ArrayList<>();
    private long lastIndex;
    private boolean afterCut;

    /** Begins behind entries that are not in any file. */
    SparseIndex(long lastIndex) {
        this.lastIndex = lastIndex;
    }

    /**
     * Where an entry is.
     *
     * @param index the entry's index
     * @param segment the number of the segment
     * @param position where in the segment its record begins
     * @param offset where in the record the entry begins
     */
    record Point(long index, long segment, long position, int offset) {}

    long lastIndex() {
        return lastIndex;
    }

    /** Notes the entries of a record that begins at the offset in the bytes, and at the position in the segment. */
    void add(RecordHeader header, byte[] bytes, int offset, long segment, long position) {
        if (!header.has(RecordHeader.ENTRIES)) {
            return;
        }
        cut(header.firstIndex());
        ByteBuffer record = ByteBuffer.wrap(bytes);
        int entry = header.entriesOffset();
        for (long index = header.firstIndex(); index <= header.lastIndex(); index++) {
            consider(index, segment, position, entry);
            entry += RecordEncoder.ENTRY_FRAME + record.getInt(offset + entry);
        }
        lastIndex = header.lastIndex();
    }

    /** The last point at or before the index, or null. */
    @Nullable
    Point floor(long index) {
        int place = placeAfter(index);
        return place == 0 ? null : points.get(place - 1);
    }

    /** The last index of the stretch that holds the index. */
    long lastOfStretch(long index) {
        int next = placeAfter(index);
        return next == points.size() ? lastIndex : points.get(next).index() - 1;
    }

    /** Forgets the entries up to an index. If there are none behind it, the log goes on there. */
    void dropUpTo(long index) {
        if (index >= lastIndex) {
            points.clear();
            lastIndex = index;
        } else {
            int holdsNext = placeAfter(index + 1) - 1;
            points.subList(0, Math.max(0, holdsNext)).clear();
        }
    }

    private void cut(long firstIndex) {
        afterCut |= firstIndex <= lastIndex;
        points.subList(placeAfter(firstIndex - 1), points.size()).clear();
    }

    private void consider(long index, long segment, long position, int offset) {
        Point last = points.isEmpty() ? null : points.get(points.size() - 1);
        if (last == null
                || afterCut
                || last.segment() != segment
                || position + offset - last.position() - last.offset() >= SPACING) {
            points.add(new Point(index, segment, position, offset));
            afterCut = false;
        }
    }

    /** How many points are at or before the index. */
    private int placeAfter(long index) {
        int low = 0;
        int high = points.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points.get(middle).index() <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
