package io.omnipaxos.spring.test;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import io.omnipaxos.node.Host;
import io.omnipaxos.spring.state.ReplicatedLog;
import io.omnipaxos.statemachine.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * The log of a node without peers: what is appended is applied at once and kept nowhere. Leadership entries have their
 * place in it, so that their indexes are the tokens and older tokens are refused. Always writable, whoever leads.
 */
final class MemoryLog implements ReplicatedLog, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(MemoryLog.class);
    private static final long PID = 1;
    private static final long BOOT = 1;

    /** Less than that of {@link TestLeadership}: this error names the cause, that one only who waits for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SingletonSupplier<StateMachine> machine;
    private final TestAdmissions admissions;
    private final ScheduledExecutorService applyThread;
    private final ExecutorService answerThreads;
    private final Duration patience;
    private volatile @Nullable Thread applying;

    // the applying thread's
    private long lastIndex;
    private long newestToken;
    private byte @Nullable [] marked;

    /**
     * @param machine asked for when something is applied first, as it may itself use what comes from the log
     */
    MemoryLog(Supplier<StateMachine> machine, TestAdmissions admissions) {
        this(machine, admissions, PATIENCE);
    }

    /**
     * As the other one, for a test that waits this long for what is applied.
     */
    MemoryLog(Supplier<StateMachine> machine, TestAdmissions admissions, Duration patience) {
        this.patience = patience;
        this.machine = SingletonSupplier.of(machine);
        this.admissions = admissions;
        Host host = Host.machine();
        this.applyThread = host.thread("omnipaxos-test-apply");
        this.answerThreads = host.threads("omnipaxos-test-answers");
    }

    @Override
    public CompletableFuture<Committed> append(byte[] command) {
        long token = admissions.boundTokenOrNone(() ->
                new NotLeaderException("the admission of this work is over, and what it appends is refused", null));
        return applying(() -> apply(command, token));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        return applying(() -> lastIndex);
    }

    /** Another leadership begins, of this node or another. Waits for what was appended before. */
    long beginLeadership() {
        return await(() -> {
            newestToken = ++lastIndex;
            return newestToken;
        });
    }

    /** Notes the state of the state machine, to come back to it, unless that one knows no snapshots. */
    void mark() {
        Boolean unused = await(() -> {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            marked = null;
            try {
                machine().snapshot().writeTo(target);
                marked = target.toByteArray();
            } catch (RuntimeException withoutSnapshots) {
                LOGGER.warn("What this test writes to the log is not undone: there is no snapshot", withoutSnapshots);
            }
            return true;
        });
    }

    /** Undoes what was applied since the {@linkplain #mark}, if there is one. Indexes and tokens go on rising. */
    void undo() {
        Boolean unused = await(() -> {
            byte[] state = marked;
            if (state != null) {
                machine().restore(new ByteArrayInputStream(state));
            }
            return true;
        });
    }

    @Override
    public void close() {
        applyThread.shutdownNow();
        answerThreads.shutdown();
    }

    private Committed apply(byte[] payload, long token) {
        if (token != 0 && token < newestToken) {
            throw new AppendException(
                    Outcome.STALE_TOKEN,
                    "the command carries the token " + token + ", but a leadership with token " + newestToken
                            + " has begun; it was not applied");
        }
        long index = ++lastIndex;
        Command command = new Command(new ProposalId(PID, BOOT, index), index, token, payload);
        return new Committed(index, machine().apply(index, command));
    }

    private StateMachine machine() {
        return machine.obtain();
    }

    /** A task of the thread that applies. */
    @FunctionalInterface
    private interface Applied<T> {
        T get() throws IOException;
    }

    /** Answers on another thread, as a node does: who gets the answer may use the log again. */
    private <T> CompletableFuture<T> applying(Applied<T> task) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        applyThread.execute(() -> {
            applying = Thread.currentThread();
            try {
                T result = task.get();
                answerThreads.execute(() -> answer.complete(result));
            } catch (IOException | RuntimeException | Error failure) {
                answerThreads.execute(() -> answer.completeExceptionally(failure));
            }
        });
        return answer;
    }

    private <T> T await(Applied<T> task) {
        try {
            return applying(task)
                    .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof TimeoutException) {
                throw new IllegalStateException(
                        "the state machine has not returned within " + patience + "; its thread is at "
                                + TestLeadership.stackOf(applying),
                        cause);
            }
            throw cause instanceof IOException unreadable ? new UncheckedIOException(unreadable) : failed;
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("the context of this log is closed", closed);
        }
    }
}
