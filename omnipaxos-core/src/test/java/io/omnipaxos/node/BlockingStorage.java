package io.omnipaxos.node;

import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.ForwardingStorage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.concurrent.CountDownLatch;

/** A storage in memory, one write of which waits, or that is lost. */
final class BlockingStorage extends ForwardingStorage {

    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch writeOn = new CountDownLatch(1);
    private volatile boolean block;
    private volatile boolean lost;
    private volatile boolean inWrite;
    private volatile boolean closed;
    private volatile boolean closedInWrite;
    private volatile boolean interruptedInWrite;

    BlockingStorage() {
        super(new MemoryStorage());
    }

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
        super.write(batch);
    }

    /** Whether it was closed by one thread while another wrote, or a write was interrupted, which closes a file. */
    boolean wasDisturbed() {
        return closedInWrite || interruptedInWrite;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closedInWrite |= inWrite;
        super.close();
        closed = true;
    }
}
