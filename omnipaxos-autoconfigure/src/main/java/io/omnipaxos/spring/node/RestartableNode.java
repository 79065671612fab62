package io.omnipaxos.spring.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.Committed;
import io.omnipaxos.node.CommittedCommand;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.ReconfigurationException;
import io.omnipaxos.node.ReconfigurationRequest;
import io.omnipaxos.node.SnapshotException;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.state.ReplicatedLog;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of an application context. A node runs once, but a context may be stopped and started again: each start makes
 * a new node. The start of a node that joins a cluster ends at once, while the node itself starts as soon as a member has
 * told it the configuration. Safe for use by any thread.
 */
public final class RestartableNode implements ReplicatedLog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RestartableNode.class);
    private static final String NOT_STARTED = "this node has not started yet";

    private final Supplier<Preparation> preparations;
    private final Activities activities;
    private final Leadership leadershipBeforeStart = new NeverLeader(NOT_STARTED);
    private final ReplicatedLog logBeforeStart = new NoLog(NOT_STARTED);
    private final Leadership leadership = new DelegatingLeadership(this::leadershipOfCaller, this::admit);
    private final NodeWork work = new NodeWork();
    private volatile @Nullable OmniPaxosNode present;

    /** What waits for the answer of a member; and why a node that got it could not be started. */
    private volatile @Nullable Preparation waiting;

    private volatile @Nullable String failure;
    private volatile boolean joins;
    private boolean standing;

    /**
     * Makes nothing yet.
     *
     * @param factory makes a node that was never started
     */
    public RestartableNode(Supplier<OmniPaxosNode> factory) {
        this.preparations = () -> Preparation.of(factory.get());
        this.activities = Activities.UNOBSERVED;
    }

    /**
     * Makes nothing yet.
     *
     * @param factory may take its time, for a node that joins
     * @param activities surrounds each append
     */
    public RestartableNode(NodeFactory factory, Activities activities) {
        this.preparations = factory::prepare;
        this.activities = activities;
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
        OmniPaxosNode node = nodeOfCaller();
        return activities.append(
                command.length, () -> node == null ? logBeforeStart.append(command) : node.append(command));
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
        OmniPaxosNode node = present;
        return node == null ? logBeforeStart.readBarrier() : node.readBarrier();
    }

    /**
     * Changes the members of the cluster, see {@link OmniPaxosNode#reconfigure}. Addresses are taken as they are; most
     * callers want {@link ClusterReconfiguration}.
     */
    CompletableFuture<ClusterConfiguration> reconfigure(ReconfigurationRequest request) {
        OmniPaxosNode node = present;
        return node == null
                ? CompletableFuture.failedFuture(new ReconfigurationException(NOT_STARTED))
                : node.reconfigure(request);
    }

    /**
     * The commands as they are applied, from an index on, see {@link OmniPaxosNode#commits}.
     *
     * @throws IllegalStateException before the first start
     */
    public Flow.Publisher<CommittedCommand> commits(long fromIndex) {
        OmniPaxosNode node = present;
        if (node == null) {
            throw new IllegalStateException(NOT_STARTED);
        }
        return node.commits(fromIndex);
    }

    /** Stores a snapshot of this node's state, see {@link OmniPaxosNode#snapshot}. */
    public CompletableFuture<Long> snapshot() {
        OmniPaxosNode node = present;
        return node == null ? CompletableFuture.failedFuture(new SnapshotException(NOT_STARTED)) : node.snapshot();
    }

    /**
     * What a node does that a running cluster takes in, in words, until it knows of a configuration in which it is a
     * member; empty for a node that began as a member.
     */
    public Optional<String> joining() {
        Preparation asking = waiting;
        Joining question = asking == null ? null : asking.joining();
        if (question != null) {
            return Optional.of(question.words());
        }
        return joins ? Optional.of("learns what the members have decided") : Optional.empty();
    }

    /** Why a node that a member has told the configuration could not be started all the same, in words. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    synchronized void start() {
        Preparation preparation = preparations.get();
        Joining joining = preparation.joining();
        standing = false;
        joins = false;
        failure = null;
        if (joining == null) {
            start(preparation, null);
        } else {
            present = null;
            waiting = preparation;
            CompletableFuture<Void> unused = joining.begin().thenAccept(told -> startLate(preparation, told));
        }
    }

    private synchronized void startLate(Preparation preparation, ClusterConfiguration told) {
        if (waiting != preparation) {
            // Closed meanwhile.
            return;
        }
        try {
            start(preparation, told);
            if (standing) {
                stand();
            }
        } catch (Throwable notStarted) {
            // Nobody else hears of it; what a class that is missing says is no more than its name.
            LOG.error("The node could not be started after a member had told it the configuration", notStarted);
            failure = "could not be started: "
                    + (notStarted instanceof Error ? notStarted.toString() : notStarted.getMessage());
        } finally {
            waiting = null;
        }
    }

    private void start(Preparation preparation, @Nullable ClusterConfiguration told) {
        OmniPaxosNode node = preparation.node(told);
        try {
            joins = preparation.isToJoin()
                    && !node.settings().configuration().contains(node.settings().pid());
            node.start();
        } catch (Throwable failedToStart) {
            node.close();
            throw failedToStart;
        }
        present = node;
    }

    synchronized void stand() {
        standing = true;
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
    public synchronized void close() {
        Preparation unfinished = waiting;
        waiting = null;
        if (unfinished != null) {
            unfinished.discard();
        }
        Optional.ofNullable(present).ifPresent(OmniPaxosNode::close);
    }

    private Leadership leadershipOfCaller() {
        OmniPaxosNode node = nodeOfCaller();
        return node == null ? leadershipBeforeStart : node.leadership();
    }

    private Admission admit() {
        OmniPaxosNode node = nodeOfCaller();
        return node == null ? leadershipBeforeStart.admit() : work.admit(node);
    }

    /** Work that outlived its node is refused by that one, whatever was started since. */
    private @Nullable OmniPaxosNode nodeOfCaller() {
        OmniPaxosNode admitting = work.node();
        return admitting == null ? present : admitting;
    }
}
