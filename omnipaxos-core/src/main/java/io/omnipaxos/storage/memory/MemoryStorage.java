package io.omnipaxos.storage.memory;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps everything in memory: for tests and simulations. It accepts and refuses exactly what a durable storage does.
 *
 * <p>Used by one thread at a time. After {@link #close} every use fails with a {@link StorageException}, but
 * {@link #reopen} still gives the content, as a restart would find it.
 */
public final class MemoryStorage implements Storage {

    private final List<LogEntry> entries;
    private DurableState state;
    private boolean closed;

    /** An empty storage. */
    public MemoryStorage() {
        this(new ArrayList<>(), DurableState.EMPTY);
    }

    private MemoryStorage(List<LogEntry> entries, DurableState state) {
        this.entries = entries;
        this.state = state;
    }

    /** Closes this storage and opens its content again, like a process that ends and is started anew. */
    public MemoryStorage reopen() {
        close();
        return new MemoryStorage(new ArrayList<>(entries), state);
    }

    @Override
    public DurableState state() {
        refuseClosed();
        return state;
    }

    @Override
    public void write(WriteBatch batch) {
        refuseClosed();
        DurableState next = StorageRules.after(state, batch);
        LogWrite write = batch.entries();
        if (write != null) {
            entries.subList(Math.toIntExact(write.firstIndex() - 1), entries.size())
                    .clear();
            entries.addAll(write.entries());
        }
        state = next;
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        refuseClosed();
        StorageRules.checkRange(from, to, 1, entries.size());
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        for (LogEntry entry : entries.subList((int) from - 1, (int) to)) {
            bytes += entry.size();
            if (bytes > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void refuseClosed() {
        if (closed) {
            throw new StorageException("the storage in memory is closed; open it again before using it");
        }
    }
}
