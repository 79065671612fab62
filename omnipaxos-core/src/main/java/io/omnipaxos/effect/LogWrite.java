package io.omnipaxos.effect;

import io.omnipaxos.log.LogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces the end of the log: what is stored from {@code firstIndex} on is cut off, then the entries are appended.
 *
 * @param firstIndex the index of the first entry written, at least 1 and at most one above the last stored index
 * @param entries in order; empty means that the log is only cut
 */
public record LogWrite(long firstIndex, List<LogEntry> entries) {

    public LogWrite {
        if (firstIndex < 1) {
            throw new IllegalArgumentException("entries are numbered from 1, not " + firstIndex);
        }
        entries = List.copyOf(entries);
    }

    /** The last index of the log once this is written. */
    public long lastIndex() {
        return firstIndex + entries.size() - 1;
    }

    /** What is left of this write where everything up to an index is replaced by a snapshot. */
    public LogWrite after(long compactedIndex) {
        if (firstIndex > compactedIndex) {
            return this;
        }
        int covered = (int) Math.min(entries.size(), compactedIndex + 1 - firstIndex);
        return new LogWrite(compactedIndex + 1, entries.subList(covered, entries.size()));
    }

    /** One write with the effect of this one and then the other. */
    public LogWrite then(LogWrite next) {
        if (next.firstIndex <= firstIndex) {
            return next;
        }
        if (next.firstIndex > lastIndex() + 1) {
            throw new IllegalArgumentException(
                    "a gap between index " + lastIndex() + " and the next write at " + next.firstIndex);
        }
        List<LogEntry> merged = new ArrayList<>(entries.subList(0, (int) (next.firstIndex - firstIndex)));
        merged.addAll(next.entries);
        return new LogWrite(firstIndex, merged);
    }
}
