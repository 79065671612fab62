package io.omnipaxos.storage.memory;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageRules;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in memory: for tests and simulations. It accepts and refuses exactly what a durable storage does.
 *
 * <p>Used by one thread at a time. After {@link #close} every use fails with a {@link StorageException}, but
 * {@link #reopen} still gives the content, as a restart would find it.
 */
public final class MemoryStorage implements Storage {

    private final UUID identity;
    private final List<LogEntry> entries;
    private final CopyOnWriteArrayList<Stored> snapshots;
    private DurableState state;
    private @Nullable Stored received;
    private boolean closed;

    private record Stored(SnapshotInfo info, ByteArrayOutputStream content) {}

    /** An empty storage. */
    public MemoryStorage() {
        this(UUID.randomUUID());
    }

    /** An empty storage of this name. */
    public MemoryStorage(UUID identity) {
        this(identity, new ArrayList<>(), new CopyOnWriteArrayList<>(), DurableState.EMPTY);
    }

    private MemoryStorage(
            UUID identity, List<LogEntry> entries, CopyOnWriteArrayList<Stored> snapshots, DurableState state) {
        this.identity = identity;
        this.entries = entries;
        this.snapshots = snapshots;
        this.state = state;
    }

    /** Closes this storage and opens its content again, like a process that ends and is started anew. */
    public MemoryStorage reopen() {
        close();
        return new MemoryStorage(identity, new ArrayList<>(entries), new CopyOnWriteArrayList<>(snapshots), state);
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
        refuseClosed();
        DurableState next = StorageRules.after(state, batch);
        StorageRules.checkCompaction(batch, snapshots());
        long newlyCompacted = next.compactedIndex() - state.compactedIndex();
        if (newlyCompacted > 0) {
            entries.subList(0, (int) Math.min(newlyCompacted, entries.size())).clear();
            snapshots.removeIf(snapshot -> snapshot.info().index() < next.compactedIndex());
        }
        LogWrite write = batch.entries();
        if (write != null) {
            int position = Math.toIntExact(write.firstIndex() - next.compactedIndex() - 1);
            entries.subList(position, entries.size()).clear();
            entries.addAll(write.entries());
        }
        state = next;
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
        return snapshots.stream().map(Stored::info).toList();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        refuseClosed();
        Stored snapshot = snapshots.stream()
                .filter(stored -> stored.info().index() == index)
                .findFirst()
                .orElseThrow(() -> new IndexOutOfBoundsException("there is no snapshot of index " + index));
        StorageRules.checkOffset(snapshot.info(), offset);
        byte[] all = snapshot.content().toByteArray();
        return Arrays.copyOfRange(all, (int) offset, (int) Math.min(all.length, offset + maxBytes));
    }

    @Override
    public void write(SnapshotPart part) {
        refuseClosed();
        Stored whole = received;
        if (part.offset() == 0) {
            whole = new Stored(part.snapshot(), new ByteArrayOutputStream());
        }
        StorageRules.checkFollows(
                whole == null ? null : whole.info(),
                whole == null ? 0 : whole.content().size(),
                part);
        Stored target = Objects.requireNonNull(whole);
        received = target;
        target.content().writeBytes(part.bytes());
        if (part.isLast()) {
            received = null;
            if (checksum(target.content()) != part.snapshot().checksum()) {
                throw new StorageException(
                        "the snapshot of index " + part.snapshot().index()
                                + " that was received is not what its checksum says; start the node again");
            }
            store(target);
        }
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        refuseClosed();
        return new Writer(index, configuration);
    }

    private void store(Stored snapshot) {
        snapshots.removeIf(stored -> stored.info().index() == snapshot.info().index());
        snapshots.add(snapshot);
        snapshots.sort(Comparator.comparing(stored -> stored.info().index()));
    }

    private static int checksum(ByteArrayOutputStream content) {
        CRC32C crc = new CRC32C();
        crc.update(content.toByteArray());
        return (int) crc.getValue();
    }

    private final class Writer extends SnapshotWriter {

        private final long index;
        private final ClusterConfiguration configuration;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        Writer(long index, ClusterConfiguration configuration) {
            this.index = index;
            this.configuration = configuration;
        }

        @Override
        public void write(int value) {
            content.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            content.write(bytes, offset, length);
        }

        @Override
        public SnapshotInfo commit() {
            SnapshotInfo info = new SnapshotInfo(index, configuration, content.size(), checksum(content));
            store(new Stored(info, content));
            return info;
        }

        @Override
        public void close() {
            // Nothing is held but memory.
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
}
