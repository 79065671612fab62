package io.omnipaxos.node;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.statemachine.AppliedSessions;
import io.omnipaxos.statemachine.StateMachine;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Hands decided commands to the state machine, in order, on a thread of their own. Entries are read from the storage by
 * the loop, some at a time, so that a slow state machine does not fill the memory.
 */
final class Applier {

    private static final int MAX_CHUNKS_AHEAD = 4;
    private static final long CHUNK_BYTES = 1 << 20;

    private final LogReader log;
    private final StateMachine stateMachine;
    private final Outcomes outcomes;
    private final Executor thread;
    private final Runnable progressed;
    private final Consumer<Throwable> failed;

    // the loop's
    private long handedThrough;
    private long wantedThrough;
    private int chunksAhead;

    // the applying thread's
    private final AppliedSessions sessions = new AppliedSessions();
    private long newestToken;
    private boolean broken;

    private volatile long appliedIndex;

    /** Told on the applying thread how commands ended. */
    interface Outcomes {
        void committed(Command command, long index, byte[] result);

        void stale(Command command, long newestToken);

        void appliedThrough(long index);
    }

    /**
     * @param thread runs one task at a time, in order
     * @param progressed called on the applying thread after each chunk; makes the loop call {@link #chunkDone}
     * @param failed called on the applying thread if the state machine threw; the node must stop
     */
    Applier(
            LogReader log,
            StateMachine stateMachine,
            Outcomes outcomes,
            Executor thread,
            Runnable progressed,
            Consumer<Throwable> failed) {
        this.log = log;
        this.stateMachine = stateMachine;
        this.outcomes = outcomes;
        this.thread = thread;
        this.progressed = progressed;
        this.failed = failed;
    }

    /** The last index that was applied. Any thread. */
    long appliedIndex() {
        return appliedIndex;
    }

    /** Everything up to this index may be applied. The loop's. */
    void applyThrough(long index) {
        wantedThrough = Math.max(wantedThrough, index);
        while (handedThrough < wantedThrough && chunksAhead < MAX_CHUNKS_AHEAD) {
            long first = handedThrough + 1;
            List<LogEntry> entries = log.read(first, wantedThrough, CHUNK_BYTES);
            handedThrough += entries.size();
            chunksAhead++;
            thread.execute(() -> apply(first, entries));
        }
    }

    /** A chunk was applied. The loop's. */
    void chunkDone() {
        chunksAhead--;
        applyThrough(wantedThrough);
    }

    private void apply(long first, List<LogEntry> entries) {
        if (broken) {
            return;
        }
        try {
            long index = first;
            for (LogEntry entry : entries) {
                if (entry instanceof Command command) {
                    apply(index, command);
                } else if (entry instanceof LeadershipEntry) {
                    newestToken = index;
                }
                appliedIndex = index++;
            }
            outcomes.appliedThrough(appliedIndex);
            progressed.run();
        } catch (RuntimeException | Error failure) {
            broken = true;
            failed.accept(failure);
        }
    }

    private void apply(long index, Command command) {
        if (!sessions.isFirst(command)) {
            return;
        }
        if (command.fencingToken() != 0 && command.fencingToken() < newestToken) {
            outcomes.stale(command, newestToken);
        } else {
            outcomes.committed(command, index, stateMachine.apply(index, command));
        }
    }
}
