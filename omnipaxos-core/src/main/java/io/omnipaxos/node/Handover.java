package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.replica.Input;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a leadership in order: nothing new is let in, running work and the revoked callback end side by side, each within
 * its time, and only then is the lease released for the successor. Used by the loop's thread alone, but for
 * {@link #request}.
 */
final class Handover {

    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    private final NodeSettings settings;
    private final NodeLoop loop;
    private final Admissions admissions;
    private final Callbacks callbacks;
    private final Executor answers;
    private final Observations observations;
    private final Consumer<String> events;
    private @Nullable CompletableFuture<Boolean> requested;
    private boolean inProgress;
    /** What the observer waits for, null while nothing is being handed over. */
    private @Nullable CompletableFuture<Boolean> observed;

    private volatile boolean late;
    private volatile boolean closed;

    /** @param events told what an operator may want to know later */
    Handover(
            NodeSettings settings,
            NodeLoop loop,
            Admissions admissions,
            Callbacks callbacks,
            Executor answers,
            Observations observations,
            Consumer<String> events) {
        this.settings = settings;
        this.loop = loop;
        this.admissions = admissions;
        this.callbacks = callbacks;
        this.answers = answers;
        this.observations = observations;
        this.events = events;
    }

    /**
     * Asks for a planned change. Any thread.
     *
     * @param successor who is to take over, or 0 for the best there is
     * @param evenIfNobodyFollows whether leadership is given up though nobody could take over
     * @return whether leadership was given up
     */
    CompletableFuture<Boolean> request(long successor, boolean evenIfNobodyFollows) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Runnable ask = () -> {
            CompletableFuture<Boolean> earlier = requested;
            if (earlier != null) {
                CompletableFuture<Void> unused = earlier.thenAccept(result::complete);
            } else {
                requested = result;
                if (!inProgress) {
                    loop.own(at -> new Input.EndLeadership(successor, evenIfNobodyFollows, at));
                }
            }
        };
        loop.execute(ask, () -> result.complete(false));
        return result;
    }

    void refused(Notice.EndingRefused refused) {
        LOG.info("leadership is not handed over: {}", refused.reason());
        events.accept("leadership is not handed over: " + refused.reason());
        complete(false);
    }

    void begin(Notice.Ending ending) {
        inProgress = true;
        late = false;
        observed = observations.handover(ending.successor(), ending.reason());
        events.accept("a handover begins: " + ending.reason());
        admissions.stopFor(ending.ballot());
        CompletableFuture<Void> told =
                bounded(callbacks.revokedAndReturned(ending.reason()), settings.revokeTimeout(), this::callbackIsLate);
        CompletableFuture<Void> drained = bounded(
                admissions.drained(ending.ballot()), settings.drainTimeout(), () -> workIsLate(ending.ballot()));
        CompletableFuture<Void> unused = CompletableFuture.allOf(told, drained)
                .thenRun(() -> loop.own(at -> new Input.Release(ending.ballot(), ending.successor(), at)));
    }

    /** The leadership that was being ended is over, in order or because its lease ran out before. */
    void over() {
        inProgress = false;
        CompletableFuture<Boolean> ended = observed;
        observed = null;
        if (ended != null) {
            observations.over(ended, !late);
        }
        complete(true);
    }

    /** Completes once no work of this leadership and of those before it is running, or was waited for long enough. */
    CompletableFuture<Void> workEnded(Ballot last) {
        return bounded(admissions.drained(last), settings.drainTimeout(), () -> {});
    }

    /** The node was stopped: nothing is waited for any more. */
    void close() {
        closed = true;
        over();
    }

    private void complete(boolean given) {
        CompletableFuture<Boolean> result = requested;
        requested = null;
        if (result != null) {
            answers.execute(() -> result.complete(given));
        }
    }

    /** Gives up waiting after the time. */
    private CompletableFuture<Void> bounded(CompletableFuture<Void> work, Duration time, Runnable late) {
        CompletableFuture<Void> ended = work.copy();
        Future<?> timeout = loop.later(time, () -> {
            if (ended.complete(null)) {
                late.run();
            }
        });
        return ended.whenComplete((done, failure) -> timeout.cancel(false));
    }

    private void callbackIsLate() {
        late = true;
        events.accept("the revoked callback did not return within " + settings.revokeTimeout());
        LOG.error(
                "the revoked callback did not return within {}: leadership is given up all the same",
                settings.revokeTimeout());
    }

    /** The lease may have run out before, and this node may lead again by now: that work is not meant. */
    private void workIsLate(Ballot ending) {
        List<String> names = closed ? List.of() : admissions.interruptRunning(ending);
        if (names.isEmpty()) {
            return;
        }
        late = true;
        events.accept(
                "leader-only work did not end within " + settings.drainTimeout() + " and was interrupted: " + names);
        LOG.error(
                "leader-only work did not end within {}: leadership is given up all the same, and only the fencing"
                        + " token protects what that work still writes. Interrupted: {}",
                settings.drainTimeout(),
                names);
    }
}
