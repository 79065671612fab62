package io.omnipaxos.node;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener, in order, on a thread of its own. Called by the loop. Elected and revoked alternate strictly,
 * also where a planned end and a lost lease are noticed one after the other.
 */
final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private final LeadershipListener listener;
    private final Executor thread;
    private @Nullable Tenure elected;

    Callbacks(LeadershipListener listener, Executor thread) {
        this.listener = listener;
        this.thread = thread;
    }

    void elected(Tenure tenure) {
        if (elected == null) {
            elected = tenure;
            tell("elected", () -> listener.elected(tenure));
        }
    }

    /**
     * Tells that the present leadership is over, if that was not told yet.
     *
     * @return completes once the listener has returned
     */
    CompletableFuture<Void> revokedAndReturned(String reason) {
        Tenure tenure = elected;
        elected = null;
        if (tenure == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> told = new CompletableFuture<>();
        tell("revoked", () -> listener.revoked(tenure, reason));
        // A task of its own: the listener has returned once its thread goes on to the next thing.
        thread.execute(() -> told.complete(null));
        return told;
    }

    /** Tells that the present leadership is over, if that was not told yet. */
    void revoked(String reason) {
        CompletableFuture<Void> unused = revokedAndReturned(reason);
    }

    /** Tells that no work of a leadership runs any more. Any thread. */
    void ended(Tenure tenure) {
        tell("ended", () -> listener.ended(tenure));
    }

    void changed(LeaderChange change) {
        tell("changed", () -> listener.changed(change));
    }

    private void tell(String what, Runnable call) {
        thread.execute(() -> {
            try {
                call.run();
            } catch (RuntimeException | Error failure) {
                LOG.error(
                        "a leadership listener failed when it was told «{}»; nothing else is affected", what, failure);
            }
        });
    }
}
