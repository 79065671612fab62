package io.omnipaxos.simulation;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import java.util.ArrayList;
import java.util.List;

/** What a virtual node never forgets: exactly the batches whose sync had ended. */
final class VirtualDisk implements LogReader {

    private DurableState state = DurableState.EMPTY;
    private final List<LogEntry> entries = new ArrayList<>();

    DurableState state() {
        return state;
    }

    void write(WriteBatch batch) {
        LogWrite write = batch.entries();
        if (write != null) {
            if (write.firstIndex() > entries.size() + 1) {
                throw new AssertionError("a gap before " + write.firstIndex() + " after " + entries.size());
            }
            if (write.firstIndex() <= state.decidedIndex()) {
                throw new AssertionError("decided entries are overwritten from " + write.firstIndex());
            }
            entries.subList((int) write.firstIndex() - 1, entries.size()).clear();
            entries.addAll(write.entries());
        }
        DurableState next = state.after(batch);
        if (state.promise().isAbove(next.promise()) || state.acceptedRound().isAbove(next.acceptedRound())) {
            throw new AssertionError("a promise or accepted round went back: " + state + " to " + next);
        }
        if (next.decidedIndex() < state.decidedIndex()) {
            throw new AssertionError("the decided index went back: " + state + " to " + next);
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
