package io.omnipaxos.node;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One running member of the cluster. Life: {@link #start}, {@link #stand}, {@link #stopAdmitting}, {@link #handOver},
 * {@link #close}. Safe for use by any thread.
 */
public final class OmniPaxosNode implements AutoCloseable {

    /**
     * Makes a node that does nothing yet.
     *
     * @param settings how it runs
     * @param storage opens the storage when the node starts; the node closes it
     * @param transport not started yet; the node starts and closes it
     * @param stateMachine gets the decided commands
     * @param listener told of changes
     */
    public OmniPaxosNode(
            NodeSettings settings,
            Supplier<? extends Storage> storage,
            Transport transport,
            StateMachine stateMachine,
            LeadershipListener listener) {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Opens the storage, starts the transport and answers peers. Does not stand for election yet.
     *
     * @throws io.omnipaxos.storage.StorageException if the storage cannot be opened; nothing was started
     */
    public void start() {
        throw new UnsupportedOperationException("being written");
    }

    /** From now on this node stands for election. */
    public void stand() {
        throw new UnsupportedOperationException("being written");
    }

    /** Admits no more leader-only work: {@code isLeader()} is false from now on, while the lease is kept. */
    public void stopAdmitting() {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Stands no more and, if this node leads, ends running work within its time and hands leadership over.
     *
     * @return completes when it is done, at the latest after the drain and revoke timeouts; never fails
     */
    public CompletableFuture<Boolean> handOver() {
        throw new UnsupportedOperationException("being written");
    }

    /** Ends the node at once. Appends without an answer end as unknown. Called again it does nothing. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("being written");
    }

    /** Who leads, and admission to leader-only work. */
    public Leadership leadership() {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Appends a command to the replicated log, from any node.
     *
     * @param command the bytes for the state machine; must not be changed afterwards
     * @return completes once the command is decided and applied here; fails with {@link AppendException}, at the latest
     *     after the append timeout. Called within leader-only work the command carries the work's fencing token.
     */
    public CompletableFuture<Committed> append(byte[] command) {
        throw new UnsupportedOperationException("being written");
    }

    /**
     * Waits until this node has applied everything that was acknowledged anywhere before this call: what the state
     * machine answers afterwards is linearizable. Asks the leader, without writing to the log.
     *
     * @return completes with the index up to which was applied; fails with {@link AppendException} where there is no
     *     leader, at the latest after the append timeout
     */
    public CompletableFuture<Long> readBarrier() {
        throw new UnsupportedOperationException("being written");
    }

    /** The node as it is now. */
    public NodeStatus status() {
        throw new UnsupportedOperationException("being written");
    }

    /** The settings that it was made with. */
    public NodeSettings settings() {
        throw new UnsupportedOperationException("being written");
    }

    /** For how long no leader has been known; zero while one is. */
    public Duration leaderless() {
        throw new UnsupportedOperationException("being written");
    }
}
