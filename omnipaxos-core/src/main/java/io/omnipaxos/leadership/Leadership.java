package io.omnipaxos.leadership;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * Who leads, whether this node may act, and with which token. Safe for use by any thread; nothing here blocks but the
 * work handed in.
 */
public interface Leadership {

    /**
     * Whether this node may start leader-only work at this instant. Compares the lease with the clock at the call, so a
     * lost event or a stalled thread cannot keep it true.
     */
    boolean isLeader();

    /** The leader that this node knows of; itself only while {@link #isLeader()}. */
    Optional<Leader> leader();

    /**
     * The token of the leader-only work that the calling thread is running.
     *
     * @throws NotLeaderException outside leader-only work, or once this work's admission is over
     */
    long fencingToken();

    /** For how long the lease still holds without renewal, empty if it is not held. */
    Optional<Duration> leaseRemaining();

    /**
     * Whether the leadership of this token still holds its lease, also while it is handed over and admits nothing new.
     * Unless overridden, whether any leadership of this node does.
     */
    default boolean holdsLease(long fencingToken) {
        return leaseRemaining().isPresent();
    }

    /**
     * Runs work if, and only if, this node leads. A planned change of leader waits for it, within the configured time.
     *
     * @param work gets the fencing token of its admission, to be sent along with every write
     * @return what the work returned
     * @throws NotLeaderException if this node does not lead; nothing was run
     */
    @SuppressWarnings("try")
    default <T> T call(LongFunction<T> work) {
        try (Admission admission = admit();
                Admission.Scope scope = admission.bind()) {
            return work.apply(admission.fencingToken());
        }
    }

    /** As {@link #call(LongFunction)} for work without a result. */
    default void run(java.util.function.LongConsumer work) {
        this.<Boolean>call(token -> {
            work.accept(token);
            return Boolean.TRUE;
        });
    }

    /**
     * Admits work that ends elsewhere, for example with a future: until the admission is closed, a planned change of
     * leader waits for it, within the configured time. Leader-only work that is running may go on to other such work to
     * its end: within it this admits also while the change waits and {@link #isLeader()} is false.
     *
     * @throws NotLeaderException if this node does not lead
     */
    Admission admit();

    /**
     * Gives leadership up: running work ends first, then the most advanced follower takes over.
     *
     * @return completes with true when it was given up, with false if it was not: this node did not lead, or nobody is in
     *     step and stands for election
     */
    CompletableFuture<Boolean> resign();

    /**
     * Moves leadership to a node on purpose: running work ends first.
     *
     * @param pid the successor
     * @return completes with true when it was handed over, with false if it was not: this node did not lead or is the
     *     successor itself, or the successor is not in step or does not stand for election; fails with
     *     {@link IllegalArgumentException} if there is no such node
     */
    CompletableFuture<Boolean> transferTo(long pid);
}
