package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.Command;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.replica.Input;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
    /** How many appends, and how many reads, of this node may wait at once. */
    private static final int MAX_PENDING = 10_000;
    /** How much appends that wait may take together, in largest messages. */
    private static final int MAX_PENDING_MESSAGES = 16;
    /** What the envelope around one command takes at most. */
    private static final int MESSAGE_OVERHEAD_BYTES = 1024;

    private final NodeSettings settings;
    private final Supplier<? extends Storage> openStorage;
    private final Transport transport;
    private final StateMachine stateMachine;
    private final LeadershipListener listener;

    private final NodeClock clock = new NodeClock();
    private final NodeView view = new NodeView(clock);
    private final NodeLeadership leadership;
    private volatile State state = State.NEW;
    private volatile @Nullable String failure;
    private volatile @Nullable Running running;

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
        this.settings = settings;
        this.openStorage = storage;
        this.transport = transport;
        this.stateMachine = stateMachine;
        this.listener = listener;
        this.leadership = new NodeLeadership(settings, clock, view);
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
            Running started = new Running(storage);
            running = started;
            state = State.RUNNING;
            started.begin();
        } catch (RuntimeException failedToStart) {
            if (running == null) {
                storage.close();
            }
            close();
            throw failedToStart;
        }
        LOG.info(
                "node {} of cluster {} runs with {}, read quorum {}, write quorum {}",
                settings.pid(),
                settings.clusterId(),
                settings.configuration().nodes(),
                settings.configuration().quorums().read(),
                settings.configuration().quorums().write());
        if (settings.configuration().nodes().size() == 2) {
            LOG.warn("two nodes are a cluster in which neither leads without the other; a third makes it survive a"
                    + " failure");
        }
    }

    /** From now on this node stands for election. */
    public void stand() {
        Running started = running;
        if (started != null) {
            started.loop.own(at -> new Input.Stand(true, at));
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
        Running started = running;
        if (started == null) {
            return CompletableFuture.completedFuture(false);
        }
        started.loop.own(at -> new Input.Stand(false, at));
        return leadership.request(0, true);
    }

    /** Ends the node at once. Appends without an answer end as unknown. Called again it does nothing. */
    @Override
    public void close() {
        Running started;
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
        Running started = running;
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
        Running started = running;
        if (started == null || state != State.RUNNING) {
            return CompletableFuture.failedFuture(new AppendException(Outcome.NO_LEADER, "this node is not running"));
        }
        return started.readBarrier();
    }

    /** The node as it is now. */
    public NodeStatus status() {
        return NodeStatusReport.of(settings, state, failure, clock, view, leadership, transport);
    }

    /** The settings that it was made with. */
    public NodeSettings settings() {
        return settings;
    }

    /** What exists between start and end. */
    private final class Running implements Notice.Visitor, Applier.Outcomes {

        private final Storage storage;
        private final ScheduledThreadPoolExecutor loopThread = Threads.single(settings.pid(), "loop");
        private final ScheduledThreadPoolExecutor applyThread = Threads.single(settings.pid(), "apply");
        private final ScheduledThreadPoolExecutor callbackThread = Threads.single(settings.pid(), "callbacks");
        private final ExecutorService answerThreads = Threads.answers(settings.pid());
        private final NodeLoop loop;
        private final Applier applier;
        private final PendingAppends appends;
        private final PendingReads reads;
        private final Callbacks callbacks;
        private final Handover handover;

        Running(Storage storage) {
            this.storage = storage;
            this.loop = new NodeLoop(settings, clock, storage, loopThread, view, OmniPaxosNode.this::failed);
            long timeout = settings.appendTimeout().toNanos();
            long resend = settings.tickInterval().toNanos() * settings.resendTicks();
            long maxPendingBytes = (long) MAX_PENDING_MESSAGES * settings.maxMessageBytes();
            this.appends = new PendingAppends(
                    settings.pid(), loop.boot(), MAX_PENDING, maxPendingBytes, timeout, resend, answerThreads);
            this.reads = new PendingReads(MAX_PENDING, timeout, resend, answerThreads);
            this.callbacks = new Callbacks(listener, callbackThread);
            this.handover = new Handover(settings, loop, leadership.admissions(), callbacks, answerThreads);
            this.applier = new Applier(
                    storage,
                    stateMachine,
                    this,
                    applyThread,
                    this::chunkApplied,
                    thrown -> loop.execute(() -> {
                        throw new IllegalStateException("the state machine failed", thrown);
                    }));
        }

        void begin() {
            leadership.startedWith(handover);
            EffectRunner runner =
                    new EffectRunner(leadership.admissions()::publish, transport, storage, applier::applyThrough, this);
            transport.start(loop);
            loop.start(
                    runner,
                    this::everyTick,
                    command -> appends.proposed(
                            command, leaderBallot(), clock.now().nanos()));
        }

        void end() {
            loop.stop();
            leadership.admissions().publish(null);
            transport.close();
            // The last task of the loop: a write that is still running must not lose its file.
            loopThread.execute(storage::close);
            loopThread.shutdown();
            await(loopThread, false);
            callbacks.revoked("this node was stopped");
            handover.close();
            applyThread.shutdown();
            await(applyThread, true);
            String reason = "this node was stopped";
            appends.close(reason);
            reads.close(reason);
            answerThreads.shutdown();
            callbackThread.shutdown();
            await(callbackThread, true);
        }

        CompletableFuture<Committed> append(byte[] payload, long token) {
            PendingAppends.Registered registered;
            try {
                registered = appends.register(payload, token, clock.now().nanos());
            } catch (AppendException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            loop.propose(registered.command());
            return registered.future();
        }

        CompletableFuture<Long> readBarrier() {
            PendingReads.Registered registered;
            try {
                registered = reads.register(clock.now().nanos());
            } catch (AppendException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            loop.own(at -> new Input.ReadIndexWanted(registered.number(), at));
            return registered.future();
        }

        private void everyTick() {
            long now = clock.now().nanos();
            appends.expire(now);
            reads.expire(now);
            appends.due(leaderBallot(), now).forEach(loop::propose);
            reads.due(now).forEach(number -> loop.own(at -> new Input.ReadIndexWanted(number, at)));
        }

        private @Nullable Ballot leaderBallot() {
            Leader leader = view.leader();
            return leader == null ? null : leader.ballot();
        }

        private void chunkApplied() {
            loop.execute(applier::chunkDone);
            loop.own(at -> new Input.Applied(applier.appliedIndex(), at));
        }

        // what the applying thread tells

        @Override
        public void committed(Command command, long index, byte[] result) {
            appends.committed(command.id(), new Committed(index, result));
        }

        @Override
        public void stale(Command command, long newestToken) {
            appends.stale(command.id(), newestToken);
        }

        @Override
        public void appliedThrough(long index) {
            reads.appliedThrough(index);
        }

        // what the replica tells, on the loop's thread

        @Override
        public void granted(Notice.Granted granted) {
            LOG.info(
                    "node {} leads with token {} in ballot {}",
                    settings.pid(),
                    granted.fencingToken(),
                    granted.ballot());
            callbacks.elected(new Tenure(granted.ballot(), granted.fencingToken()));
        }

        @Override
        public void ending(Notice.Ending ending) {
            LOG.info("node {} gives leadership up: {}", settings.pid(), ending.reason());
            handover.begin(ending);
        }

        @Override
        public void endingRefused(Notice.EndingRefused refused) {
            handover.refused(refused);
        }

        @Override
        public void revoked(Notice.Revoked revoked) {
            LOG.info("node {} leads no more: {}", settings.pid(), revoked.reason());
            callbacks.revoked(revoked.reason());
            handover.over();
        }

        @Override
        public void leaderChanged(Notice.LeaderChanged changed) {
            Ballot leader = changed.leader();
            LOG.info(
                    "node {} sees {}: {}",
                    settings.pid(),
                    leader == null ? "no leader" : "leader " + leader.pid(),
                    changed.reason());
            loop.publishStatus();
            callbacks.changed(view.leaderChanged(leader, changed.reason()));
        }

        @Override
        public void refused(Notice.Refused refused) {
            appends.refused(refused.id(), refused.overloaded(), refused.byOther());
        }

        @Override
        public void readIndex(Notice.ReadIndex readIndex) {
            reads.answered(readIndex.number(), readIndex.index());
            reads.appliedThrough(applier.appliedIndex());
        }

        /** On the loop's thread, which will step no more. */
        void failed(String reason) {
            leadership.admissions().publish(null);
            leadership.admissions().close();
            callbacks.revoked(reason);
            callbacks.changed(view.leaderChanged(null, reason));
            handover.over();
            appends.close(reason);
            reads.close(reason);
        }

        /** Waits within bounds; a caller that is interrupted waits on for what must not be interrupted. */
        private void await(ScheduledThreadPoolExecutor executor, boolean interruptible) {
            long deadline = System.nanoTime() + settings.revokeTimeout().toNanos();
            boolean interrupted = false;
            boolean ended = false;
            while (!ended && !(interrupted && interruptible) && System.nanoTime() < deadline) {
                try {
                    ended = executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException closing) {
                    interrupted = true;
                }
            }
            if (!ended && !interrupted) {
                LOG.warn("a thread of node {} did not end within {}", settings.pid(), settings.revokeTimeout());
            }
            if (!ended && interruptible) {
                executor.shutdownNow();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void failed(Throwable thrown) {
        String reason = "node " + settings.pid() + " stopped itself: " + thrown.getMessage();
        LOG.error("{}", reason, thrown);
        failure = reason;
        state = State.FAILED;
        Running started = running;
        if (started != null) {
            started.failed(reason);
        }
    }
}
