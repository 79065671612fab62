package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands decided commands to the state machine, in order, on a thread of their own. Entries are read from the storage by
 * the loop, some at a time, so that a slow state machine does not fill the memory. What is no longer there as entries
 * comes as a snapshot, with which everything begins anew.
 */
final class Applier {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    private static final int MAX_TASKS_AHEAD = 4;
    private static final long CHUNK_BYTES = 1 << 20;

    private final Storage storage;
    private final StateMachine stateMachine;
    private final SnapshotTaker snapshots;
    private final Outcomes outcomes;
    private final Executor thread;

    // the loop's
    private boolean begun;
    private long handedThrough;
    private long wantedThrough;
    private int tasksAhead;

    // the applying thread's
    private CommandFilter filter = new CommandFilter();
    private @Nullable ClusterConfiguration configuration;
    private boolean incomplete;
    private boolean broken;

    private volatile long appliedIndex;
    private volatile boolean stopped;

    /** Told on the applying thread what became of commands. */
    interface Outcomes {
        void committed(Command command, long index, byte[] result);

        void stale(Command command, long newestToken);

        /** Everything up to an index came with a snapshot, with no word about single commands but which it covers. */
        void restored(Predicate<ProposalId> covered);

        /** Comes after all others about what was applied; makes the loop call {@link #taskDone}. */
        void appliedThrough(long index);

        /** The state machine threw; the node must stop. Nothing else comes after it. */
        void failed(IllegalStateException failure);
    }

    /**
     * @param configuration in force before the first entry of the log, null if that is not known
     * @param thread runs one task at a time, in order
     */
    Applier(
            Storage storage,
            StateMachine stateMachine,
            @Nullable ClusterConfiguration configuration,
            SnapshotTaker snapshots,
            Outcomes outcomes,
            Executor thread) {
        this.storage = storage;
        this.stateMachine = stateMachine;
        this.configuration = configuration;
        this.snapshots = snapshots;
        this.outcomes = outcomes;
        this.thread = thread;
    }

    /** The last index that was applied. Any thread. */
    long appliedIndex() {
        return appliedIndex;
    }

    /**
     * Everything up to this index may be applied. The first time, what the newest snapshot covers is restored before. The
     * loop's.
     */
    void applyThrough(long index) {
        wantedThrough = Math.max(wantedThrough, index);
        while (tasksAhead < MAX_TASKS_AHEAD && handNext()) {
            tasksAhead++;
        }
    }

    /** A task was done. The loop's. */
    void taskDone() {
        tasksAhead--;
        applyThrough(wantedThrough);
    }

    /** Up to where the stored entries are decided, durable and applied. The loop's. */
    long readableThrough() {
        // A snapshot that was found at the start may reach further than what this node knows to be decided again.
        return Math.min(appliedIndex, wantedThrough);
    }

    /** Takes a snapshot if one is wanted. Any thread. */
    void offerSoon() {
        thread.execute(this::offer);
    }

    /** Ends what is being restored. Any thread. */
    void stop() {
        stopped = true;
    }

    private boolean handNext() {
        long compacted = storage.state().compactedIndex();
        SnapshotInfo newest = begun && handedThrough >= compacted ? null : newestSnapshot(compacted);
        begun = true;
        if (newest != null) {
            handRestore(newest);
        } else if (handedThrough < wantedThrough) {
            handEntries();
        } else {
            return false;
        }
        return true;
    }

    private @Nullable SnapshotInfo newestSnapshot(long compacted) {
        List<SnapshotInfo> stored = storage.snapshots();
        SnapshotInfo newest = stored.isEmpty() ? null : stored.get(stored.size() - 1);
        if (compacted > (newest == null ? 0 : newest.index())) {
            throw new IllegalStateException(
                    "the log is compacted up to " + compacted + ", but there are only the snapshots " + stored);
        }
        return newest;
    }

    private void handEntries() {
        long first = handedThrough + 1;
        List<LogEntry> entries = storage.read(first, wantedThrough, CHUNK_BYTES);
        handedThrough += entries.size();
        thread.execute(() -> apply(first, entries));
    }

    private void handRestore(SnapshotInfo snapshot) {
        handedThrough = snapshot.index();
        thread.execute(() -> restore(snapshot));
    }

    private void apply(long first, List<LogEntry> entries) {
        if (broken) {
            return;
        }
        try {
            if (!incomplete) {
                long index = first;
                for (LogEntry entry : entries) {
                    apply(index, entry);
                    appliedIndex = index++;
                }
                snapshots.applied(entries);
                offer();
            }
            outcomes.appliedThrough(appliedIndex);
        } catch (RuntimeException | Error failure) {
            fail("the state machine failed: " + failure, failure);
        }
    }

    private void apply(long index, LogEntry entry) {
        if (entry instanceof StopSign stopSign) {
            configuration = stopSign.next();
        }
        CommandFilter.Verdict verdict = filter.judge(index, entry);
        if (entry instanceof Command command) {
            switch (verdict) {
                case APPLIED -> outcomes.committed(command, index, stateMachine.apply(index, command));
                case STALE -> outcomes.stale(command, filter.newestToken());
                case PASSED_OVER -> {}
            }
        }
    }

    private void restore(SnapshotInfo snapshot) {
        if (broken) {
            return;
        }
        try {
            SnapshotSource source = new SnapshotSource(storage, snapshot, () -> stopped);
            filter = CommandFilter.readFrom(new DataInputStream(source));
            stateMachine.restore(source);
            source.checkToEnd();
            restored(snapshot);
        } catch (IOException | RuntimeException | Error failure) {
            notRestored(snapshot, failure);
        }
    }

    private void restored(SnapshotInfo snapshot) {
        LOG.info("the state is that of the snapshot of index {}, {} bytes", snapshot.index(), snapshot.length());
        incomplete = false;
        configuration = snapshot.configuration();
        appliedIndex = snapshot.index();
        snapshots.restored(snapshot);
        outcomes.restored(filter::isSettled);
        offer();
        outcomes.appliedThrough(appliedIndex);
    }

    private void notRestored(SnapshotInfo snapshot, Throwable failure) {
        if (stopped) {
            broken = true;
        } else if (storage.snapshots().contains(snapshot)) {
            fail(
                    "the state machine could not be restored from the snapshot of index " + snapshot.index() + ": "
                            + failure.getMessage(),
                    failure);
        } else {
            // The loop has stored a newer one meanwhile and hands it over next; what comes before it is not applied.
            incomplete = true;
            outcomes.appliedThrough(appliedIndex);
        }
    }

    private void offer() {
        if (!broken && !incomplete) {
            ClusterConfiguration inForce = configuration;
            if (inForce == null) {
                snapshots.refuse(
                        "this node, which began in a later configuration, has not yet heard of the one that was in"
                                + " force at index " + appliedIndex);
            } else {
                snapshots.offer(appliedIndex, inForce, this::fixedState);
            }
        }
    }

    private StateMachine.Snapshot fixedState() {
        byte[] judged = filter.toBytes();
        StateMachine.Snapshot state = stateMachine.snapshot();
        return target -> {
            target.write(judged);
            state.writeTo(target);
        };
    }

    private void fail(String reason, Throwable failure) {
        broken = true;
        outcomes.failed(new IllegalStateException(reason, failure));
    }
}
