package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import java.util.List;
import java.util.UUID;

/** Tells of each batch, before and after it is written, and of each snapshot. */
final class WatchedStorage implements Storage {

    /** Who is told. */
    interface Watcher {
        void writes(WriteBatch batch);

        void wrote(WriteBatch batch, Storage storage);

        /** A snapshot of the node's own state is begun, which stands for everything up to an index. */
        void covers(long index, Storage storage);
    }

    private final Storage storage;
    private final Watcher watcher;

    WatchedStorage(Storage storage, Watcher watcher) {
        this.storage = storage;
        this.watcher = watcher;
    }

    @Override
    public void write(WriteBatch batch) {
        watcher.writes(batch);
        storage.write(batch);
        watcher.wrote(batch, storage);
    }

    @Override
    public void write(SnapshotPart part) {
        storage.write(part);
    }

    @Override
    public DurableState state() {
        return storage.state();
    }

    @Override
    public UUID identity() {
        return storage.identity();
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        watcher.covers(index, storage);
        return storage.beginSnapshot(index, configuration);
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        return storage.read(from, to, maxBytes);
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        return storage.snapshots();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        return storage.readSnapshot(index, offset, maxBytes);
    }

    @Override
    public void check() {
        storage.check();
    }

    @Override
    public void close() {
        storage.close();
    }
}
