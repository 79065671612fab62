package io.omnipaxos.spring.test;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The leadership of a test: this node leads when the test says so. See {@link AutoConfigureTestLeadership}.
 *
 * <p>{@link #elect}, {@link #electOther} and {@link #revoke} change the state and then call the annotated callbacks and
 * the listeners of application events, in order, on a thread of their own like a node's; they return when all have
 * returned. If one threw, they throw a {@link CallbackError} at the end. Each leadership has a higher token than those
 * before, over all tests with the same context.
 *
 * <p>Safe for use by any thread. Tests that share a context share its leadership: such tests must not run in parallel.
 */
public final class TestLeadership implements Leadership, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NodeSettings settings;
    private final LeadershipCallbacks callbacks;
    private final MemoryLog log;
    private final TestAdmissions admissions;
    private final ExecutorService changes = Executors.newSingleThreadExecutor(this::callbackThread);
    private final ConcurrentLinkedQueue<CallbackError.Failure> failures = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread callbackThread;

    /** This node's, also while it is handed over. Changed by the thread for callbacks, as everything is. */
    private volatile @Nullable Tenure held;

    private volatile @Nullable Leader other;

    TestLeadership(NodeSettings settings, LeadershipCallbacks callbacks, MemoryLog log, TestAdmissions admissions) {
        this.settings = settings;
        this.callbacks = callbacks;
        this.log = log;
        this.admissions = admissions;
        callbacks.onFailure((what, thrown) -> failures.add(new CallbackError.Failure(what, thrown)));
    }

    // what a test says

    /**
     * From now on this node leads. If it led before, that leadership is revoked first, so that this is another one.
     *
     * @return the leadership that began
     */
    public Tenure elect() {
        return change(() -> {
            lose("the test elects this node anew");
            long token = log.beginLeadership();
            Tenure tenure = new Tenure(ballot(token, settings.pid()), token);
            other = null;
            held = tenure;
            admissions.open(token);
            callbacks.elected(tenure);
            changed(new Leader(settings.pid(), tenure.ballot()), "this node leads with token " + token);
            return tenure;
        });
    }

    /**
     * From now on another node leads. What is left of this node's work has an old token, and what it writes to the log
     * is refused.
     *
     * @param pid of that node
     */
    public void electOther(long pid) {
        if (pid < 1 || pid == settings.pid()) {
            throw new IllegalArgumentException(
                    "another node has another positive pid than " + settings.pid() + "; this one leads after elect()");
        }
        change(() -> {
            lose("the test elects node " + pid);
            follow(pid);
            return pid;
        });
    }

    /**
     * From now on nobody leads. If this node did, it is as if its lease ran out: work that is running is not waited for.
     * For a planned end, which waits, there is {@link #resign}.
     */
    public void revoke() {
        end("the test has revoked it");
    }

    // what the application asks

    @Override
    public boolean isLeader() {
        return admissions.isOpen();
    }

    @Override
    public Optional<Leader> leader() {
        Tenure own = held;
        return own != null && isLeader()
                ? Optional.of(new Leader(settings.pid(), own.ballot()))
                : Optional.ofNullable(other);
    }

    @Override
    public long fencingToken() {
        return admissions.boundToken(this::refusal);
    }

    /** A whole lease, as long as this node leads: there is no clock. */
    @Override
    public Optional<Duration> leaseRemaining() {
        return Optional.ofNullable(held).map(tenure -> settings.leaseDuration());
    }

    @Override
    public boolean holdsLease(long fencingToken) {
        Tenure own = held;
        return own != null && own.fencingToken() == fencingToken;
    }

    @Override
    public Admission admit() {
        return admissions.admit(this::holdsLease, this::refusal);
    }

    /** As in production, but that nobody takes over: waits for running work, at most the drain timeout. */
    @Override
    public CompletableFuture<Boolean> resign() {
        return release("this node has given leadership up", null);
    }

    /** As {@link #resign}, and then the other node leads, whichever it is. */
    @Override
    public CompletableFuture<Boolean> transferTo(long pid) {
        if (pid < 1) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("there is no node " + pid));
        }
        return pid == settings.pid()
                ? CompletableFuture.completedFuture(false)
                : release("leadership is transferred to node " + pid, pid);
    }

    // what the kit does around tests

    void beforeTest() {
        log.mark();
    }

    void afterTest() {
        try {
            end("the test is over");
        } finally {
            log.undo();
        }
    }

    /** The context closes: beans are told while they are still there. */
    void end(String reason) {
        change(() -> {
            boolean wasKnown = leader().isPresent();
            lose(reason);
            other = null;
            if (wasKnown) {
                changed(null, reason);
            }
            return true;
        });
    }

    @Override
    public void close() {
        changes.shutdownNow();
    }

    // on the thread for callbacks

    private void lose(String reason) {
        admissions.close();
        Tenure lost = held;
        if (lost != null) {
            held = null;
            callbacks.revoked(lost, reason);
            endOnceDrained(lost);
        }
    }

    /** Within this change if nothing runs any more. Nobody waits for what does. */
    private void endOnceDrained(Tenure lost) {
        CompletableFuture<Void> drained = admissions.drained(lost.fencingToken());
        if (drained.isDone()) {
            callbacks.ended(lost);
        } else {
            CompletableFuture<Void> unused = drained.completeOnTimeout(
                            null, settings.drainTimeout().toNanos(), TimeUnit.NANOSECONDS)
                    .thenRunAsync(() -> callbacks.ended(lost), changes);
        }
    }

    private void follow(long pid) {
        Leader leader = new Leader(pid, ballot(log.beginLeadership(), pid));
        other = leader;
        changed(leader, "node " + pid + " leads");
    }

    private void changed(@Nullable Leader leader, String reason) {
        callbacks.changed(new LeaderChange(Instant.now(), leader, reason));
    }

    private CompletableFuture<Boolean> release(String reason, @Nullable Long successor) {
        return isLeader()
                ? CompletableFuture.supplyAsync(() -> released(reason, successor), changes)
                : CompletableFuture.completedFuture(false);
    }

    private boolean released(String reason, @Nullable Long successor) {
        Tenure ending = held;
        if (ending == null) {
            return false;
        }
        admissions.close();
        CompletableFuture<Void> drained = admissions.drained(ending.fencingToken());
        callbacks.revoked(ending, reason);
        awaitDrained(drained);
        held = null;
        callbacks.ended(ending);
        if (successor == null) {
            changed(null, reason);
        } else {
            follow(successor);
        }
        return true;
    }

    private void awaitDrained(CompletableFuture<Void> drained) {
        try {
            drained.get(settings.drainTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            failures.add(new CallbackError.Failure("leader-only work that was to end for a planned change", late));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    // helpers

    private <T> T change(Supplier<T> change) {
        Thread thread = callbackThread;
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(
                    "a callback cannot change the leadership and wait for the callbacks of that change; a test can");
        }
        T result;
        try {
            result = CompletableFuture.supplyAsync(change, changes).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException stuck) {
            throw new IllegalStateException(
                    "callbacks have not returned within " + PATIENCE + "; their thread is at "
                            + stackOf(callbackThread),
                    stuck);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while callbacks were running", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the leadership could not be changed", failed.getCause());
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("the context of this leadership is closed", closed);
        }
        List<CallbackError.Failure> seen = Stream.generate(failures::poll)
                .takeWhile(failure -> failure != null)
                .toList();
        if (!seen.isEmpty()) {
            throw new CallbackError(seen);
        }
        return result;
    }

    private Thread callbackThread(Runnable work) {
        Thread thread = new Thread(work, "omnipaxos-test-callbacks");
        thread.setDaemon(true);
        callbackThread = thread;
        return thread;
    }

    static String stackOf(@Nullable Thread thread) {
        return thread == null || !thread.isAlive()
                ? "its end"
                : Arrays.stream(thread.getStackTrace())
                        .limit(20)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining("\n\tat "));
    }

    private Ballot ballot(long number, long pid) {
        return new Ballot(settings.configuration().id(), number, 0, pid);
    }

    private NotLeaderException refusal() {
        Leader known = leader().orElse(null);
        String who = known == null ? "no leader is known" : "node " + known.pid() + " leads";
        return new NotLeaderException("node " + settings.pid() + " does not lead now; " + who, known);
    }
}
