package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.ForwardingStorage;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;

/** Tells of each batch, before and after it is written, and of each snapshot. */
final class WatchedStorage extends ForwardingStorage {

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
        super(storage);
        this.storage = storage;
        this.watcher = watcher;
    }

    @Override
    public void write(WriteBatch batch) {
        watcher.writes(batch);
        super.write(batch);
        watcher.wrote(batch, storage);
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        watcher.covers(index, storage);
        return super.beginSnapshot(index, configuration);
    }
}
