package io.omnipaxos.spring.node;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import io.omnipaxos.spring.state.ReplicatedLog;
import java.util.concurrent.CompletableFuture;

/** The log of a node that takes no part: nothing can be written or read. */
public final class NoLog implements ReplicatedLog {

    private final String reason;

    /**
     * Makes a log that always says no.
     *
     * @param reason why, in words
     */
    public NoLog(String reason) {
        this.reason = reason;
    }

    @Override
    public CompletableFuture<Committed> append(byte[] command) {
        return CompletableFuture.failedFuture(new AppendException(Outcome.NO_LEADER, reason));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        return CompletableFuture.failedFuture(new AppendException(Outcome.NO_LEADER, reason));
    }
}
