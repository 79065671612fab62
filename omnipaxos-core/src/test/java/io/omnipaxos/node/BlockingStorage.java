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
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** A storage in memory, one write of which waits, or that is lost. */
final class BlockingStorage implements Storage {

    private final MemoryStorage memory = new MemoryStorage();
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch writeOn = new CountDownLatch(1);
    private volatile boolean block;
    private volatile boolean lost;
    private volatile boolean inWrite;
    private volatile boolean closed;
    private volatile boolean closedInWrite;
    private volatile boolean interruptedInWrite;

    void blockNextWrite() {
        block = true;
    }

    /** From now on it is found to be lost without being written to. */
    void lose() {
        lost = true;
    }

    @Override
    public void check() {
        if (lost) {
            throw new StorageException("the storage was taken over");
        }
    }

    void awaitWrite() throws InterruptedException {
        writing.await();
    }

    void writeOn() {
        writeOn.countDown();
    }

    @Override
    public DurableState state() {
        return memory.state();
    }

    @Override
    public void write(WriteBatch batch) {
        if (block) {
            block = false;
            inWrite = true;
            writing.countDown();
            try {
                writeOn.await();
            } catch (InterruptedException interrupted) {
                interruptedInWrite = true;
                throw new IllegalStateException(interrupted);
            } finally {
                inWrite = false;
            }
        }
        memory.write(batch);
    }

    /** Whether it was closed by one thread while another wrote, or a write was interrupted, which closes a file. */
    boolean wasDisturbed() {
        return closedInWrite || interruptedInWrite;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public List<LogEntry> read(long from, long to, long maxBytes) {
        return memory.read(from, to, maxBytes);
    }

    @Override
    public UUID identity() {
        return memory.identity();
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        return memory.snapshots();
    }

    @Override
    public byte[] readSnapshot(long index, long offset, int maxBytes) {
        return memory.readSnapshot(index, offset, maxBytes);
    }

    @Override
    public void write(SnapshotPart part) {
        memory.write(part);
    }

    @Override
    public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
        return memory.beginSnapshot(index, configuration);
    }

    @Override
    public void close() {
        closedInWrite |= inWrite;
        memory.close();
        closed = true;
    }
}
