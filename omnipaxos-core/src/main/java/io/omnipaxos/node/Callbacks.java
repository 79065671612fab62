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
    CompletableFuture<Void> revoked(String reason) {
        Tenure tenure = elected;
        elected = null;
        return tenure == null
                ? CompletableFuture.completedFuture(null)
                : tell("revoked", () -> listener.revoked(tenure, reason));
    }

    void changed(LeaderChange change) {
        tell("changed", () -> listener.changed(change));
    }

    private CompletableFuture<Void> tell(String what, Runnable call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                call.run();
            } catch (RuntimeException | Error failure) {
                LOG.error(
                        "a leadership listener failed when it was told «{}»; nothing else is affected", what, failure);
            } finally {
                done.complete(null);
            }
        });
        return done;
    }
}
