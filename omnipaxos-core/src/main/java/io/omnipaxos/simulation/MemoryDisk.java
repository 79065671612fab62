package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.SnapshotPart;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.ForwardingStorage;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Keeps everything in memory: what a process sees, and what it would find if it were started again. Fast. */
final class MemoryDisk extends SimulatedDisk {

    /**
     * Something that was done to the storage.
     *
     * @param begun true time at which it can have taken effect
     * @param done true time at which it is durable
     */
    private record Change(long begun, long done, Consumer<MemoryStorage> action) {}

    private MemoryStorage seen;
    private MemoryStorage durable;
    private final Deque<Change> notYetDurable = new ArrayDeque<>();

    MemoryDisk(SplittableRandom random, long syncNanos) {
        super(random, syncNanos);
        this.seen = new MemoryStorage(newIdentity());
        this.durable = seen.copy();
    }

    @Override
    Storage openFor(SimulatedHost host) {
        seen = durable.copy();
        return new Opened(host, seen);
    }

    @Override
    void crash(long now, boolean powerLost) {
        settle(now);
        while (!notYetDurable.isEmpty()) {
            Change open = notYetDurable.remove();
            boolean maybe = open.begun() < now && random().nextBoolean();
            if (open.done() <= now || maybe) {
                open.action().accept(durable);
            }
        }
    }

    private void settle(long now) {
        while (!notYetDurable.isEmpty() && notYetDurable.peek().done() <= now) {
            notYetDurable.remove().action().accept(durable);
        }
    }

    @Override
    void replace() {
        notYetDurable.clear();
        durable = new MemoryStorage(newIdentity());
    }

    @Override
    boolean rot() {
        return false;
    }

    /** What one process has open. */
    private final class Opened extends ForwardingStorage {

        private final SimulatedHost host;
        private final MemoryStorage storage;
        private boolean broken;

        Opened(SimulatedHost host, MemoryStorage storage) {
            super(storage);
            this.host = host;
            this.storage = storage;
        }

        private void change(Consumer<MemoryStorage> action) {
            if (broken) {
                throw new StorageException("the disk failed before");
            }
            action.accept(storage);
            long begun = host.localTime();
            sync(host);
            settle(host.trueTime());
            notYetDurable.add(new Change(begun, host.localTime(), action));
        }

        private void changeOrFail(Consumer<MemoryStorage> action) {
            change(action);
            if (takeFailure()) {
                broken = true;
                if (random().nextBoolean()) {
                    notYetDurable.removeLast();
                }
                throw new StorageException("the disk fails");
            }
        }

        @Override
        public void write(WriteBatch batch) {
            changeOrFail(target -> target.write(batch));
        }

        @Override
        public void write(SnapshotPart part) {
            changeOrFail(target -> target.write(part));
        }

        @Override
        public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
            SnapshotWriter writer = storage.beginSnapshot(index, configuration);
            writer.close();
            return new Writer(this, index, configuration);
        }
    }

    /** Collects a snapshot and stores it as one change. */
    private static final class Writer extends SnapshotWriter {

        private final Opened storage;
        private final long index;
        private final ClusterConfiguration configuration;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        Writer(Opened storage, long index, ClusterConfiguration configuration) {
            this.storage = storage;
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
            byte[] bytes = content.toByteArray();
            SnapshotInfo[] stored = new SnapshotInfo[1];
            storage.change(target -> {
                try (SnapshotWriter writer = target.beginSnapshot(index, configuration)) {
                    writer.write(bytes, 0, bytes.length);
                    stored[0] = writer.commit();
                } catch (IOException impossible) {
                    throw new IllegalStateException("memory does not fail", impossible);
                }
            });
            return stored[0];
        }

        @Override
        public void close() {
            // Nothing is held that a reader could see.
        }
    }
}
