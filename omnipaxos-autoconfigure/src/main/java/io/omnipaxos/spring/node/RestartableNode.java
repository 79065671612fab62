package io.omnipaxos.spring.node;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.Committed;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.state.ReplicatedLog;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The node of an application context. A node runs once, but a context may be stopped and started again: each start makes
 * a new node. Safe for use by any thread.
 */
public final class RestartableNode implements ReplicatedLog, AutoCloseable {

    private static final String NOT_STARTED = "this node has not started yet";

    private final Supplier<OmniPaxosNode> factory;
    private final Leadership leadershipBeforeStart = new NeverLeader(NOT_STARTED);
    private final ReplicatedLog logBeforeStart = new NoLog(NOT_STARTED);
    private final Leadership leadership = new DelegatingLeadership(this::presentLeadership);
    private volatile @Nullable OmniPaxosNode present;

    /**
     * Makes nothing yet.
     *
     * @param factory makes a node that was never started
     */
    public RestartableNode(Supplier<OmniPaxosNode> factory) {
        this.factory = factory;
    }

    /** The same object over all starts. */
    public Leadership leadership() {
        return leadership;
    }

    /** The node as it is now, empty before its first start. */
    public Optional<NodeStatus> status() {
        return Optional.ofNullable(present).map(OmniPaxosNode::status);
    }

    @Override
    public CompletableFuture<Committed> append(byte[] command) {
        OmniPaxosNode node = present;
        return node == null ? logBeforeStart.append(command) : node.append(command);
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        OmniPaxosNode node = present;
        return node == null ? logBeforeStart.readBarrier() : node.readBarrier();
    }

    void start() {
        OmniPaxosNode node = factory.get();
        try {
            node.start();
        } catch (RuntimeException failure) {
            node.close();
            throw failure;
        }
        present = node;
    }

    void stand() {
        Optional.ofNullable(present).ifPresent(OmniPaxosNode::stand);
    }

    void stopAdmitting() {
        Optional.ofNullable(present).ifPresent(OmniPaxosNode::stopAdmitting);
    }

    CompletableFuture<Boolean> handOver() {
        OmniPaxosNode node = present;
        return node == null ? CompletableFuture.completedFuture(false) : node.handOver();
    }

    /** Called again it does nothing. The closed node still tells its status. */
    @Override
    public void close() {
        Optional.ofNullable(present).ifPresent(OmniPaxosNode::close);
    }

    private Leadership presentLeadership() {
        OmniPaxosNode node = present;
        return node == null ? leadershipBeforeStart : node.leadership();
    }
}
