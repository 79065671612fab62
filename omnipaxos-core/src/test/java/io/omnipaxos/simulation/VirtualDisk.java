package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** What a virtual node never forgets: exactly what was written. */
final class VirtualDisk implements LogReader {

    /** Long enough for a snapshot to need several pieces in some runs. */
    private static final int LONGEST_FILLING = 4000;

    private final Random random;
    private MemoryStorage storage;

    VirtualDisk(Random random) {
        this.random = random;
        this.storage = empty();
    }

    private MemoryStorage empty() {
        return new MemoryStorage(new UUID(random.nextLong(), random.nextLong()));
    }

    /** The disk is replaced by a new one. */
    void wipe() {
        storage = empty();
    }

    /** The process is started again. What was received of a snapshot is gone. */
    void reopen() {
        storage = storage.reopen();
    }

    UUID identity() {
        return storage.identity();
    }

    DurableState state() {
        return storage.state();
    }

    void write(Effects effects) {
        effects.snapshotParts().forEach(storage::write);
        write(effects.persist());
    }

    void write(WriteBatch batch) {
        storage.write(batch);
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

    /** Stores a snapshot whose content is the digest of the log that it stands for. */
    void takeSnapshot(long index, ClusterConfiguration configuration, long digest) {
        byte[] content = new byte[Long.BYTES + random.nextInt(LONGEST_FILLING)];
        ByteBuffer.wrap(content).putLong(digest);
        try (SnapshotWriter writer = storage.beginSnapshot(index, configuration)) {
            writer.write(content, 0, content.length);
            writer.commit();
        } catch (java.io.IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** The digest that a snapshot holds. */
    long digestOf(SnapshotInfo snapshot) {
        ByteBuffer content = ByteBuffer.allocate((int) snapshot.length());
        while (content.hasRemaining()) {
            content.put(storage.readSnapshot(snapshot.index(), content.position(), 777));
        }
        return content.getLong(0);
    }
}
