package io.omnipaxos.storage;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest entries in memory, up to a number of bytes, so that reading the end of the log asks no disk. */
public final class RecentEntries {

    private final long maxBytes;
    /** A ring: the entry of an index is at that index modulo the length, a power of two. */
    private @Nullable LogEntry[] ring = new LogEntry[64];

    private long first;
    private long next;
    private long bytes;

    /** Empty, behind a log of so many entries. */
    public RecentEntries(long maxBytes, long lastIndex) {
        this.maxBytes = maxBytes;
        this.first = lastIndex + 1;
        this.next = lastIndex + 1;
    }

    public boolean holds(long index) {
        return index >= first && index < next;
    }

    public LogEntry get(long index) {
        LogEntry entry = ring[slot(index)];
        if (!holds(index) || entry == null) {
            throw new IllegalStateException("entry " + index + " is not among the recent ones");
        }
        return entry;
    }

    public void replaceEnd(LogWrite write) {
        while (next > first && next > write.firstIndex()) {
            next--;
            drop(next);
        }
        if (next > write.firstIndex()) {
            first = write.firstIndex();
            next = first;
        }
        for (LogEntry entry : write.entries()) {
            append(entry);
        }
    }

    /** Forgets the entries up to an index. If there are none behind it, the log goes on there. */
    public void dropUpTo(long index) {
        while (first < next && first <= index) {
            drop(first);
            first++;
        }
        if (next <= index) {
            first = index + 1;
            next = index + 1;
        }
    }

    private void append(LogEntry entry) {
        if (next - first == ring.length) {
            grow();
        }
        ring[slot(next)] = entry;
        next++;
        bytes += entry.size();
        while (bytes > maxBytes) {
            drop(first);
            first++;
        }
    }

    private void drop(long index) {
        LogEntry entry = ring[slot(index)];
        if (entry != null) {
            bytes -= entry.size();
            ring[slot(index)] = null;
        }
    }

    private void grow() {
        List<LogEntry> kept = new ArrayList<>(ring.length);
        for (long index = first; index < next; index++) {
            kept.add(get(index));
        }
        ring = new LogEntry[2 * ring.length];
        for (int i = 0; i < kept.size(); i++) {
            ring[slot(first + i)] = kept.get(i);
        }
    }

    private int slot(long index) {
        return (int) (index & (ring.length - 1));
    }
}
