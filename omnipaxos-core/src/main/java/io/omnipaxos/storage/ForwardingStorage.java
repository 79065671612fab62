package io.omnipaxos.storage;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import java.util.List;
import java.util.UUID;

/** Does what another storage does, but for what is overridden: to watch it, to slow it down, to let it fail. */
public abstract class ForwardingStorage implements Storage {

    private final Storage storage;

    /** @param storage what everything is passed to; closed by this */
    protected ForwardingStorage(Storage storage) {
        this.storage = storage;
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
    public void write(WriteBatch batch) {
        storage.write(batch);
    }

    @Override
    public void write(SnapshotPart part) {
        storage.write(part);
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
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
