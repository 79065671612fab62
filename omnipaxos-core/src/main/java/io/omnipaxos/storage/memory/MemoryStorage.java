package io.omnipaxos.storage.memory;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotReception;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in memory: for tests and simulations. It accepts and refuses exactly what a durable storage does.
 *
 * <p>After {@link #close} every use fails with a {@link StorageException}, but {@link #reopen} still gives the content,
 * as a restart would find it.
 */
public final class MemoryStorage implements Storage {

    private final UUID identity;
    /** Those after the compacted index. */
    private final List<LogEntry> entries;

    private final ConcurrentSkipListMap<Long, Stored> snapshots;
    private final SnapshotReception reception = new SnapshotReception(Writer::new);
    private volatile DurableState state;
    private volatile @Nullable String failure;
    private volatile boolean closed;

    private record Stored(SnapshotInfo info, byte[] content) {}

    /** An empty storage. */
    public MemoryStorage() {
        this(UUID.randomUUID());
    }

    /** An empty storage of this name. */
    public MemoryStorage(UUID identity) {
        this(identity, List.of(), new ConcurrentSkipListMap<>(), DurableState.EMPTY);
    }

    private MemoryStorage(
            UUID identity, List<LogEntry> entries, ConcurrentSkipListMap<Long, Stored> snapshots, DurableState state) {
        this.identity = identity;
        this.entries = new ArrayList<>(entries);
        this.snapshots = new ConcurrentSkipListMap<>(snapshots);
        this.state = state;
    }

    /** Closes this storage and opens its content again, like a process that ends and is started anew. */
    public MemoryStorage reopen() {
        close();
        return copy();
    }

    /** Another storage of the same name and content, from now on apart from this one. */
    public MemoryStorage copy() {
        return new MemoryStorage(identity, entries, snapshots, state);
    }

    @Override
    public UUID identity() {
        return identity;
    }

    @Override
    public DurableState state() {
        refuseClosed();
        return state;
    }

    @Override
    public void write(WriteBatch batch) {
        refuseClosedOrFailed();
        DurableState next = StorageRules.after(state, batch);
        StorageRules.checkCompaction(batch, snapshots());
        long compacted = next.compactedIndex();
        long newlyCompacted = compacted - state.compactedIndex();
        entries.subList(0, (int) Math.min(newlyCompacted, entries.size())).clear();
        LogWrite write = batch.entries();
        if (write != null) {
            int position = Math.toIntExact(write.firstIndex() - compacted - 1);
            entries.subList(position, entries.size()).clear();
            entries.addAll(write.entries());
        }
        state = next;
        dropSnapshotsBelow(compacted);
    }

    /** Together with {@link #store}, so that none that is too old comes back. */
    private synchronized void dropSnapshotsBelow(long index) {
        snapshots.headMap(index).clear();
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        refuseClosed();
        long before = state.compactedIndex();
        StorageRules.checkRange(from, to, before + 1, state.acceptedIndex());
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        for (LogEntry entry : entries.subList((int) (from - before - 1), (int) (to - before))) {
            bytes += entry.size();
            if (bytes > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        refuseClosed();
        return snapshots.values().stream().map(Stored::info).toList();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        refuseClosed();
        Stored snapshot = snapshots.get(index);
        if (snapshot == null) {
            throw new IndexOutOfBoundsException("there is no snapshot of index " + index);
        }
        StorageRules.checkOffset(snapshot.info(), offset);
        byte[] content = snapshot.content();
        return Arrays.copyOfRange(content, (int) offset, (int) Math.min(content.length, offset + maxBytes));
    }

    @Override
    public void write(SnapshotPart part) {
        refuseClosedOrFailed();
        StorageRules.checkNewer(state, part);
        reception.check(part);
        try {
            reception.add(part);
        } catch (IOException | StorageException e) {
            String message = String.valueOf(e.getMessage());
            failure = message;
            throw new StorageException(message, e);
        }
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        refuseClosedOrFailed();
        StorageRules.checkSnapshot(state, index);
        return new Writer(index, configuration);
    }

    private synchronized SnapshotInfo store(Stored snapshot) {
        refuseClosed();
        long index = snapshot.info().index();
        if (index < state.compactedIndex()) {
            throw new StorageException("the snapshot of index " + index
                    + " is not stored: the log begins behind a newer one already, of index " + state.compactedIndex());
        }
        Stored present = snapshots.putIfAbsent(index, snapshot);
        return present == null ? snapshot.info() : present.info();
    }

    private static int checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }

    private final class Writer extends SnapshotWriter {

        private final long index;
        private final ClusterConfiguration configuration;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean ended;

        Writer(long index, ClusterConfiguration configuration) {
            this.index = index;
            this.configuration = configuration;
        }

        @Override
        public void write(int value) throws IOException {
            refuseEnded();
            content.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            refuseEnded();
            content.write(bytes, offset, length);
        }

        @Override
        public SnapshotInfo commit() {
            try {
                refuseEnded();
                byte[] bytes = content.toByteArray();
                return store(new Stored(new SnapshotInfo(index, configuration, bytes.length, checksum(bytes)), bytes));
            } catch (IOException e) {
                throw new StorageException("the snapshot of index " + index + " cannot be stored: " + e, e);
            } finally {
                close();
            }
        }

        private void refuseEnded() throws IOException {
            if (ended || closed) {
                throw new IOException("the snapshot of index " + index + " or its storage is closed");
            }
        }

        @Override
        public void close() {
            ended = true;
        }
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

    private void refuseClosedOrFailed() {
        refuseClosed();
        String earlier = failure;
        if (earlier != null) {
            throw new StorageException(earlier);
        }
    }
}
