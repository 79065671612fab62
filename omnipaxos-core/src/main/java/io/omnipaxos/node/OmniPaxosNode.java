package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running member of the cluster. Life: {@link #start}, {@link #stand}, {@link #stopAdmitting}, {@link #handOver},
 * {@link #close}; a closed node is not started again. Safe for use by any thread.
 */
public final class OmniPaxosNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OmniPaxosNode.class);
    /** What the envelope around one command takes at most. */
    private static final int MESSAGE_OVERHEAD_BYTES = 1024;

    private final NodeSettings settings;
    private final Supplier<? extends Storage> openStorage;
    private final Transport transport;
    private final StateMachine stateMachine;
    private final LeadershipListener listener;
    private final List<NodeObserver> observers;

    private final Host host;
    private final Elections elections;
    private final NodeView view;
    private final NodeLeadership leadership;
    private volatile State state = State.NEW;
    private volatile @Nullable String failure;
    private volatile @Nullable RunningNode running;

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
        this(settings, storage, transport, stateMachine, listener, List.of());
    }

    /**
     * Makes a node that does nothing yet.
     *
     * @param observers told of what is worth measuring
     */
    public OmniPaxosNode(
            NodeSettings settings,
            Supplier<? extends Storage> storage,
            Transport transport,
            StateMachine stateMachine,
            LeadershipListener listener,
            List<NodeObserver> observers) {
        this(settings, storage, transport, stateMachine, listener, observers, Host.machine(), Elections.BALLOT);
    }

    /**
     * Makes a node that runs on something else than this machine, or finds its leader in another way.
     *
     * @param observers told of what is worth measuring
     * @param host its clocks and threads; of this node alone
     * @param elections finds leaders
     */
    public OmniPaxosNode(
            NodeSettings settings,
            Supplier<? extends Storage> storage,
            Transport transport,
            StateMachine stateMachine,
            LeadershipListener listener,
            List<NodeObserver> observers,
            Host host,
            Elections elections) {
        this.settings = settings;
        this.openStorage = storage;
        this.transport = transport;
        this.stateMachine = stateMachine;
        this.listener = listener;
        this.observers = List.copyOf(observers);
        this.host = host;
        this.elections = elections;
        this.view = new NodeView(host);
        this.leadership = new NodeLeadership(settings, host, view);
    }

    /**
     * Opens the storage, starts the transport and answers peers. Does not stand for election yet.
     *
     * @throws io.omnipaxos.storage.StorageException if the storage cannot be opened; nothing was started
     * @throws IllegalStateException if it was started before
     */
    public synchronized void start() {
        if (state != State.NEW) {
            throw new IllegalStateException("this node was started before; make a new one");
        }
        Storage storage = openStorage.get();
        try {
            RunningNode started = new RunningNode(
                    settings,
                    host,
                    elections,
                    view,
                    leadership,
                    transport,
                    storage,
                    stateMachine,
                    listener,
                    observers,
                    this::failed);
            running = started;
            state = State.RUNNING;
            started.begin();
        } catch (Throwable failedToStart) {
            if (running == null) {
                closeUnused(storage);
            }
            close();
            throw failedToStart;
        }
        ClusterConfiguration configuration = view.configuration(settings);
        LOG.info(
                "node {} of cluster {} runs in configuration {} with nodes {}, read quorum {}, write quorum {}",
                settings.pid(),
                settings.clusterId(),
                configuration.id(),
                configuration.nodes(),
                configuration.quorums().read(),
                configuration.quorums().write());
        if (configuration.nodes().size() == 2) {
            LOG.warn("two nodes are a cluster in which neither leads without the other; a third makes it survive a"
                    + " failure");
        }
    }

    /** What nothing was made of that would close it. */
    private void closeUnused(Storage storage) {
        try {
            transport.close();
        } finally {
            storage.close();
        }
    }

    /** From now on this node stands for election. */
    public void stand() {
        RunningNode started = running;
        if (started != null) {
            started.stand(true);
        }
    }

    /** Admits no more leader-only work: {@code isLeader()} is false from now on, while the lease is kept. */
    public void stopAdmitting() {
        leadership.admissions().close();
    }

    /**
     * Stands no more and, if this node leads, ends running work within its time and hands leadership over.
     *
     * @return completes with whether leadership was given up, at the latest after the longer of the drain and revoke
     *     timeouts; never fails
     */
    public CompletableFuture<Boolean> handOver() {
        stopAdmitting();
        RunningNode started = running;
        if (started == null) {
            return CompletableFuture.completedFuture(false);
        }
        started.stand(false);
        return leadership.request(0, true);
    }

    /**
     * Ends the node at once. Appends without an answer end as unknown. Called again it does nothing. Waits for what is
     * being written, applied or stored as a snapshot, at most ten seconds for each, and for callbacks that are running, at
     * most the revoke timeout.
     */
    @Override
    public void close() {
        RunningNode started;
        synchronized (this) {
            started = running;
            running = null;
            if (state != State.FAILED) {
                state = State.STOPPED;
            }
        }
        stopAdmitting();
        if (started != null) {
            started.end();
        }
    }

    /** Who leads, and admission to leader-only work. */
    public Leadership leadership() {
        return leadership;
    }

    /**
     * Appends a command to the replicated log, from any node.
     *
     * @param command the bytes for the state machine; must not be changed afterwards
     * @return completes once the command is decided and applied here; fails with {@link AppendException}, at the latest
     *     after the append timeout. Called within leader-only work the command carries the work's fencing token.
     * @throws io.omnipaxos.leadership.NotLeaderException if called within leader-only work whose admission is over
     */
    public CompletableFuture<Committed> append(byte[] command) {
        long token = leadership.admissions().boundTokenOrNone();
        int limit = settings.maxMessageBytes() / 2 - MESSAGE_OVERHEAD_BYTES;
        if (command.length > limit) {
            return CompletableFuture.failedFuture(new AppendException(
                    Outcome.TOO_LARGE,
                    "a command of " + command.length + " bytes does not fit into a message; the limit is " + limit));
        }
        RunningNode started = running;
        if (started == null || state != State.RUNNING) {
            return CompletableFuture.failedFuture(
                    new AppendException(Outcome.NO_LEADER, "this node is not running; the command was not proposed"));
        }
        return started.append(command, token);
    }

    /**
     * Waits until this node has applied everything that was acknowledged anywhere before this call: what the state
     * machine answers afterwards is linearizable. Asks the leader, without writing to the log.
     *
     * @return completes with an index up to which was applied; fails with {@link AppendException} where there is no
     *     leader, at the latest after the append timeout
     */
    public CompletableFuture<Long> readBarrier() {
        RunningNode started = running;
        if (started == null || state != State.RUNNING) {
            return CompletableFuture.failedFuture(new AppendException(Outcome.NO_LEADER, "this node is not running"));
        }
        return started.readBarrier();
    }

    /**
     * Stores a snapshot of the state as it is now, whether or not it is time for one.
     *
     * @return completes with the index that it covers, 0 if nothing was applied yet; while one is being written already,
     *     with that one's. Fails with {@link SnapshotException} if this node is not running, or the state machine or the
     *     storage failed
     */
    public CompletableFuture<Long> snapshot() {
        RunningNode started = running;
        if (started == null || state != State.RUNNING) {
            return CompletableFuture.failedFuture(
                    new SnapshotException("this node is not running; there is no snapshot"));
        }
        return started.snapshot();
    }

    /** The snapshots of this node's own state; none before the start and after the end. */
    public SnapshotStatus snapshotStatus() {
        RunningNode started = running;
        return started == null ? SnapshotStatus.NONE : started.snapshotStatus();
    }

    /**
     * The commands that the state machine of this node was given, each once and in order: no repetitions, and nothing on
     * behalf of a leadership that was over. A subscriber gets those that were applied before it came as well, and as
     * many as it requests; it is called on a thread of its own, and may take its time there.
     *
     * <p>A subscription ends with an error only: with {@link CompactedException} once what comes next was replaced by a
     * snapshot, be it that the subscriber came too late or was too slow; with {@link IllegalStateException} when the
     * node stops, is not running, or has too many subscriptions.
     *
     * @param fromIndex the first index that is wanted, at least 1; it may be one that is not in the log yet
     * @throws IllegalArgumentException if the index is below 1
     */
    public Flow.Publisher<CommittedCommand> commits(long fromIndex) {
        if (fromIndex < 1) {
            throw new IllegalArgumentException("entries are numbered from 1, not " + fromIndex);
        }
        return subscriber -> {
            RunningNode started = running;
            if (started == null || state != State.RUNNING) {
                CommitStream.refuse(subscriber, "this node is not running; there are no commands");
            } else {
                started.commits().subscribe(fromIndex, subscriber);
            }
        };
    }

    /**
     * Changes the members of the cluster, or their quorums, while it runs: brings joining nodes up to date, ends running
     * leader-only work as for a handover, and lets the present configuration decide that the next one begins. Only the
     * leader does this.
     *
     * @return completes with the next configuration once its members have decided something themselves; fails with
     *     {@link ReconfigurationException}, then the message says whether anything may have changed
     */
    public CompletableFuture<ClusterConfiguration> reconfigure(ReconfigurationRequest request) {
        RunningNode started = running;
        if (started == null || state != State.RUNNING) {
            return CompletableFuture.failedFuture(
                    new ReconfigurationException("this node is not running; nothing was changed"));
        }
        return started.reconfigure(request);
    }

    /** The node as it is now. */
    public NodeStatus status() {
        return NodeStatusReport.of(settings, state, failure, host, view, leadership, snapshotStatus(), transport);
    }

    /** The settings that it was made with. */
    public NodeSettings settings() {
        return settings;
    }

    private void failed(Throwable thrown) {
        String reason = "node " + settings.pid() + " stopped itself: " + thrown.getMessage();
        LOG.error("{}", reason, thrown);
        failure = reason;
        // First, so that nobody sees a node that failed and leads.
        stopAdmitting();
        state = State.FAILED;
        RunningNode started = running;
        if (started != null) {
            started.failed(reason);
        }
    }
}
