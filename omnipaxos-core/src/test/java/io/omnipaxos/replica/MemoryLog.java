package io.omnipaxos.replica;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import java.util.ArrayList;
import java.util.List;

/** What survives a restart: exactly the batches that were written. */
final class MemoryLog implements LogReader {

    private DurableState state = DurableState.EMPTY;
    private final List<LogEntry> entries = new ArrayList<>();

    DurableState state() {
        return state;
    }

    List<LogEntry> entries() {
        return List.copyOf(entries);
    }

    void write(WriteBatch batch) {
        DurableState next = state.after(batch);
        if (next.decidedIndex() < state.decidedIndex()) {
            throw new AssertionError("the decided index went back: " + state + " to " + next);
        }
        LogWrite write = batch.entries();
        if (write != null) {
            if (write.firstIndex() > entries.size() + 1 || write.firstIndex() <= state.decidedIndex()) {
                throw new AssertionError("a write at " + write.firstIndex() + " into " + state);
            }
            entries.subList((int) write.firstIndex() - 1, entries.size()).clear();
            entries.addAll(write.entries());
        }
        state = next;
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        if (from < 1 || from > to || to > entries.size()) {
            throw new IndexOutOfBoundsException(from + " to " + to + " of " + entries.size());
        }
        List<LogEntry> fitting = new ArrayList<>();
        long bytes = 0;
        for (LogEntry entry : entries.subList((int) from - 1, (int) to)) {
            bytes += entry.size();
            if (bytes > maxBytes && !fitting.isEmpty()) {
                break;
            }
            fitting.add(entry);
        }
        return fitting;
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        return List.of();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        throw new IndexOutOfBoundsException("there is no snapshot of index " + index);
    }
}
