package io.omnipaxos.spring.node;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The leadership of a node that takes no part: leader-only work never runs. */
public final class NeverLeader implements Leadership {

    private final String reason;

    /**
     * Makes a leadership that always says no.
     *
     * @param reason why, in words
     */
    public NeverLeader(String reason) {
        this.reason = reason;
    }

    @Override
    public boolean isLeader() {
        return false;
    }

    @Override
    public Optional<Leader> leader() {
        return Optional.empty();
    }

    @Override
    public long fencingToken() {
        throw refusal();
    }

    @Override
    public Optional<Duration> leaseRemaining() {
        return Optional.empty();
    }

    @Override
    public Admission admit() {
        throw refusal();
    }

    @Override
    public CompletableFuture<Boolean> resign() {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<Boolean> transferTo(long pid) {
        return CompletableFuture.completedFuture(false);
    }

    private NotLeaderException refusal() {
        return new NotLeaderException(reason, null);
    }
}
