package io.omnipaxos.spring.state;

import io.omnipaxos.node.Committed;
import java.util.concurrent.CompletableFuture;

/**
 * The replicated log, on any node, for a {@link io.omnipaxos.statemachine.StateMachine}. Its futures are completed by
 * threads that what follows may block. Safe for use by any thread.
 */
public interface ReplicatedLog {

    /**
     * Appends a command.
     *
     * @param command the bytes for the state machine; must not be changed afterwards
     * @return completes once the command is decided and applied here; fails with
     *     {@link io.omnipaxos.node.AppendException}. Within leader-only work the command carries the work's token and is
     *     refused once a newer leadership began.
     */
    CompletableFuture<Committed> append(byte[] command);

    /**
     * Waits until this node has applied everything that was acknowledged anywhere before this call.
     *
     * @return completes with the index up to which was applied; fails with {@link io.omnipaxos.node.AppendException}
     */
    CompletableFuture<Long> readBarrier();
}
