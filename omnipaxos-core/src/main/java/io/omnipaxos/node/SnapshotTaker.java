package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the state now and then: fixed on the applying thread, between two commands, and written on a thread of its own
 * while more are applied. One at a time; one that fails costs nothing but room in the log.
 */
final class SnapshotTaker {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaker.class);
    private static final int BUFFER_BYTES = 1 << 16;

    private final NodeSettings settings;
    private final Storage storage;
    private final Executor thread;
    private final Executor answers;
    private final LongConsumer taken;
    private final Consumer<String> failing;

    // the applying thread's
    private long entriesSince;
    private long bytesSince;

    private boolean running;
    private @Nullable CompletableFuture<Long> wanted;
    private @Nullable String closed;
    private SnapshotStatus status = SnapshotStatus.NONE;

    /**
     * @param thread writes snapshots
     * @param answers completes futures
     * @param taken told on the writing thread up to where a snapshot was stored
     * @param failing told on the writing or the applying thread why one was not stored
     */
    SnapshotTaker(
            NodeSettings settings,
            Storage storage,
            Executor thread,
            Executor answers,
            LongConsumer taken,
            Consumer<String> failing) {
        this.settings = settings;
        this.storage = storage;
        this.thread = thread;
        this.answers = answers;
        this.taken = taken;
        this.failing = failing;
    }

    /** Any thread. */
    synchronized SnapshotStatus status() {
        return status;
    }

    /**
     * Asks for a snapshot whether or not it is time; {@link #offer} must be called some time after. Any thread.
     *
     * @return completes with the index that is covered, at once if everything applied is covered already
     */
    synchronized CompletableFuture<Long> wanted() {
        if (closed != null) {
            return CompletableFuture.failedFuture(new SnapshotException(closed + "; there is no snapshot"));
        }
        CompletableFuture<Long> asked = wanted;
        if (asked == null) {
            asked = new CompletableFuture<>();
            wanted = asked;
        }
        return asked.copy();
    }

    /** The state is that of this snapshot now. The applying thread's. */
    synchronized void restored(SnapshotInfo snapshot) {
        entriesSince = 0;
        bytesSince = 0;
        status = status.found(snapshot.index(), snapshot.length());
    }

    /** Entries were applied. The applying thread's. */
    void applied(List<LogEntry> entries) {
        entriesSince += entries.size();
        for (LogEntry entry : entries) {
            bytesSince += entry.size();
        }
    }

    /**
     * Takes a snapshot if it is time or one is wanted, and none is being written. The applying thread's.
     *
     * @param index the last index that was applied
     * @param configuration in force after it
     * @param state fixes the state as it is now
     */
    void offer(long index, ClusterConfiguration configuration, Supplier<StateMachine.Snapshot> state) {
        if (!begins(index)) {
            return;
        }
        entriesSince = 0;
        bytesSince = 0;
        try {
            StateMachine.Snapshot fixed = state.get();
            thread.execute(() -> write(index, configuration, fixed));
        } catch (RuntimeException | Error failure) {
            // Not the end of the node, whatever it is: all nodes come to this index, and would end together.
            failed(index, failure);
        }
    }

    /** No snapshot can be taken now: whoever wants one is told so. The applying thread's. */
    void refuse(String reason) {
        CompletableFuture<Long> asked;
        synchronized (this) {
            asked = wanted;
            wanted = null;
        }
        fail(asked, new SnapshotException(reason + "; there is no snapshot"));
    }

    /** Ends what is being written as soon as it writes on, and whatever is wanted. Any thread. */
    void close(String reason) {
        CompletableFuture<Long> unanswered;
        synchronized (this) {
            closed = reason;
            unanswered = wanted;
            wanted = null;
        }
        fail(unanswered, new SnapshotException(reason + "; there is no snapshot"));
    }

    private synchronized boolean isClosed() {
        return closed != null;
    }

    private synchronized boolean begins(long index) {
        if (running || closed != null) {
            return false;
        }
        CompletableFuture<Long> asked = wanted;
        if (index == status.index()) {
            wanted = null;
            complete(asked, index);
            return false;
        }
        // As much as the last one was long, so that a large state is not written over and over.
        boolean enough = entriesSince >= settings.snapshotEntries() || bytesSince >= settings.snapshotBytes();
        running = asked != null || (enough && bytesSince >= status.length());
        return running;
    }

    private void write(long index, ClusterConfiguration configuration, StateMachine.Snapshot state) {
        SnapshotInfo snapshot;
        try (SnapshotWriter writer = storage.beginSnapshot(index, configuration)) {
            OutputStream target = new BufferedOutputStream(new Target(writer), BUFFER_BYTES);
            state.writeTo(target);
            target.flush();
            snapshot = writer.commit();
        } catch (IOException | RuntimeException | Error failure) {
            failed(index, failure);
            return;
        }
        stored(snapshot);
    }

    private void stored(SnapshotInfo snapshot) {
        CompletableFuture<Long> answered;
        synchronized (this) {
            running = false;
            status = status.stored(snapshot.index(), snapshot.length());
            answered = wanted;
            wanted = null;
        }
        LOG.info(
                "node {} stored a snapshot of index {}, {} bytes", settings.pid(), snapshot.index(), snapshot.length());
        taken.accept(snapshot.index());
        complete(answered, snapshot.index());
    }

    private void failed(long index, Throwable failure) {
        String reason = "the snapshot of index " + index + " failed: " + failure;
        CompletableFuture<Long> unanswered;
        synchronized (this) {
            running = false;
            if (closed != null) {
                return;
            }
            status = status.failed(reason);
            unanswered = wanted;
            wanted = null;
        }
        LOG.error(
                "{}; the node goes on, the log is not compacted, and after {} more entries it is tried again",
                reason,
                settings.snapshotEntries(),
                failure);
        failing.accept(reason);
        fail(unanswered, new SnapshotException(reason, failure));
    }

    private void complete(@Nullable CompletableFuture<Long> future, long index) {
        if (future != null) {
            answers.execute(() -> future.complete(index));
        }
    }

    private void fail(@Nullable CompletableFuture<Long> future, SnapshotException failure) {
        if (future != null) {
            answers.execute(() -> future.completeExceptionally(failure));
        }
    }

    /** What the state machine writes to: only the taker ends it, and only the node's end makes it fail by itself. */
    private final class Target extends FilterOutputStream {

        Target(SnapshotWriter writer) {
            super(writer);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            if (isClosed()) {
                throw new IOException("the node was stopped");
            }
            out.write(bytes, start, length);
        }

        @Override
        public void close() {
            // The state machine may close its own streams around this one; what they still hold comes here before.
        }
    }
}
