package io.omnipaxos.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the observers so that they can do neither the node nor each other any harm. */
final class Observations {

    private static final Logger LOG = LoggerFactory.getLogger(Observations.class);

    private final List<NodeObserver> observers;
    private final Executor threads;
    private final AtomicBoolean complained = new AtomicBoolean();

    /** @param threads for calls that may take their time */
    Observations(List<NodeObserver> observers, Executor threads) {
        this.observers = observers;
        this.threads = threads;
    }

    void synced(long nanos) {
        tell(observer -> observer.synced(Duration.ofNanos(nanos)));
    }

    /**
     * Tells that a handover has begun.
     *
     * @return to be given to {@link #over} when it has ended
     */
    CompletableFuture<Boolean> handover(long successor, String reason) {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        // Nobody but the node completes the original.
        later(() -> tell(observer -> observer.handover(successor, reason, over.minimalCompletionStage())));
        return over;
    }

    void over(CompletableFuture<Boolean> handover, boolean inTime) {
        later(() -> handover.complete(inTime));
    }

    private void later(Runnable task) {
        if (!observers.isEmpty()) {
            threads.execute(task);
        }
    }

    private void tell(Consumer<NodeObserver> call) {
        for (NodeObserver observer : observers) {
            try {
                call.accept(observer);
            } catch (RuntimeException | Error failure) {
                // Once: it may be called a thousand times in a second.
                if (complained.compareAndSet(false, true)) {
                    LOG.error(
                            "an observer of the node failed; nothing else is affected, and it is not said again",
                            failure);
                }
            }
        }
    }
}
