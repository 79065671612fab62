package io.omnipaxos.spring.routing;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to the leader: whether anything of it may have left this node, and a limit for each wait for the
 * leader, as a blocked write has none of its own. Used by one thread.
 */
final class Forwarding {

    private final ScheduledExecutorService watch;
    private final Duration limit;
    private final Cancellable request;
    private @Nullable ScheduledFuture<?> end;
    private boolean sent;
    private volatile boolean late;

    Forwarding(ScheduledExecutorService watch, Duration limit, Cancellable request) {
        this.watch = watch;
        this.limit = limit;
        this.request = request;
    }

    /** There is a connection, and the request goes out now. */
    void begin() {
        awaitLeader();
        sent = true;
    }

    /** From now on it is up to the leader, within the limit. */
    void awaitLeader() {
        stopWaiting();
        end = watch.schedule(
                () -> {
                    late = true;
                    request.cancel();
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** Nothing is expected of the leader. */
    void stopWaiting() {
        if (end != null) {
            end.cancel(false);
            end = null;
        }
    }

    boolean isSent() {
        return sent;
    }

    /** Whether the leader let it wait for too long. */
    boolean isLate() {
        return late;
    }
}
