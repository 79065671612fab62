package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import java.util.List;
import java.util.UUID;

/** A storage that holds nothing and refuses every snapshot. */
class EmptyStorage implements Storage {

    @Override
    public DurableState state() {
        return DurableState.EMPTY;
    }

    @Override
    public UUID identity() {
        return new UUID(0, 1);
    }

    @Override
    public void write(WriteBatch batch) {}

    @Override
    public void write(SnapshotPart part) {}

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        throw new StorageException("it keeps nothing");
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        throw new IndexOutOfBoundsException("nothing is stored");
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        return List.of();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        throw new IndexOutOfBoundsException("there is no snapshot of index " + index);
    }

    @Override
    public void close() {}
}
