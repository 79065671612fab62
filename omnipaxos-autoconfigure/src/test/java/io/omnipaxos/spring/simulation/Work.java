package io.omnipaxos.spring.simulation;

import io.omnipaxos.leadership.NotLeaderException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A piece of leader-only work, which goes on in virtual time. */
final class Work {

    private final Application application;
    private final boolean heedsTheEnd;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private @Nullable Reign reign;
    private @Nullable Duration begun;
    private @Nullable Duration ended;

    /** @param heedsTheEnd whether it ends soon once it is told to */
    Work(Application application, boolean heedsTheEnd) {
        this.application = application;
        this.heedsTheEnd = heedsTheEnd;
    }

    boolean heedsTheEnd() {
        return heedsTheEnd;
    }

    CompletableFuture<Void> done() {
        return done;
    }

    void begin(long token) {
        begun = application.now();
        reign = application.admitted(this, token);
    }

    /** Whether it was let in. */
    boolean hasBegun() {
        return begun != null;
    }

    boolean isRunning() {
        return begun != null && ended == null;
    }

    void end(boolean well) {
        if (isRunning()) {
            ended = application.now();
            if (well) {
                done.complete(null);
            } else {
                done.completeExceptionally(new IllegalStateException("on purpose"));
            }
        }
    }

    Reign reign() {
        Reign present = reign;
        if (present == null) {
            throw new IllegalStateException("this work was not let in");
        }
        return present;
    }

    /** Another leader-only method was called within. */
    void calledOther(long token) {
        application.expect(
                token == reign().token(), () -> "a call within work of " + reign().token() + " got " + token);
    }

    /** Virtual time has passed within the method; perhaps it is another leadership by now. */
    void wokenUp(LongSupplier ownToken, LongSupplier otherMethod) {
        if (application.isKilled()) {
            return;
        }
        long token = ownToken.getAsLong();
        application.expect(
                token == reign().token(), () -> "work of " + reign().token() + " has the token " + token + " later");
        boolean goesOn = application.holdsLeaseOf(reign());
        try {
            calledOther(otherMethod.getAsLong());
            application.expect(goesOn, () -> "work of the former leadership " + reign().token() + " begins more work");
        } catch (NotLeaderException refused) {
            application.expect(
                    !goesOn || application.isUncertain(),
                    () -> "work of " + reign().token() + " may not go on: " + refused.getMessage());
        }
    }

    /** Whether both ran at some instant. */
    boolean overlaps(Work other) {
        Duration from = begun;
        Duration otherFrom = other.begun;
        return from != null
                && otherFrom != null
                && from.compareTo(other.endedAt()) < 0
                && otherFrom.compareTo(endedAt()) < 0;
    }

    private Duration endedAt() {
        Duration known = ended;
        Duration death = application.endOfProcess();
        return known != null && known.compareTo(death) < 0 ? known : death;
    }

    Application application() {
        return application;
    }

    @Override
    public String toString() {
        return "work of node " + application.pid() + " with token " + (reign == null ? 0 : reign.token()) + " from "
                + begun + " to " + ended;
    }
}
