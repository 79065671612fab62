package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.node.NodeEvent.Kind;
import io.omnipaxos.replica.Input;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What exists between start and end of a node: its threads and what they own. */
final class RunningNode implements Notice.Visitor, Applier.Outcomes {

    /**
     * In election timeouts: for how long commands and reads wait for a leader. A node whose server takes no more requests,
     * as it is being ended, hears of the next leader with the answers of its next heartbeat round.
     */
    private static final int GRACE = 2;

    /** For how long the end waits for each thread of the node itself: a lock that is not released stops the next start. */
    private static final Duration THREAD_END_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(OmniPaxosNode.class);

    /** How many appends, and how many reads, of this node may wait at once. */
    private static final int MAX_PENDING = 10_000;
    /** How much appends that wait may take together, in largest messages. */
    private static final int MAX_PENDING_MESSAGES = 16;

    private final NodeSettings settings;
    private final Host host;
    private final NodeView view;
    private final NodeLeadership leadership;
    private final Transport transport;
    private final Storage storage;
    private final ScheduledExecutorService loopThread;
    private final ScheduledExecutorService applyThread;
    private final ScheduledExecutorService snapshotThread;
    private final ScheduledExecutorService callbackThread;
    private final ExecutorService answerThreads;
    private final NodeLoop loop;
    private final SnapshotTaker snapshots;
    private final Applier applier;
    private final CommitStream commits;
    private final PendingAppends appends;
    private final PendingReads reads;
    private final Callbacks callbacks;
    private final Handover handover;
    private final Reconfigurations reconfigurations;
    private final Observations observations;

    /** Why the last leadership of this node ended, until the next change of leader was told. The loop's. */
    private @Nullable String whyRevoked;

    /**
     * @param openStorage open; this closes it
     * @param broken told once, on the loop's thread, why the loop has stopped itself
     */
    RunningNode(
            NodeSettings settings,
            Host host,
            Elections elections,
            NodeView view,
            NodeLeadership leadership,
            Transport transport,
            Storage openStorage,
            StateMachine stateMachine,
            LeadershipListener listener,
            List<NodeObserver> observers,
            Consumer<Throwable> broken) {
        this.settings = settings;
        this.host = host;
        this.view = view;
        this.leadership = leadership;
        this.transport = transport;
        this.storage = openStorage;
        String prefix = "omnipaxos-" + settings.pid() + "-";
        this.loopThread = host.thread(prefix + "loop");
        this.applyThread = host.thread(prefix + "apply");
        this.snapshotThread = host.thread(prefix + "snapshots");
        this.callbackThread = host.thread(prefix + "callbacks");
        this.answerThreads = host.threads(prefix + "answers");
        this.observations = new Observations(observers, answerThreads);
        this.loop = new NodeLoop(settings, host, storage, elections, loopThread, view, broken);
        long timeout = settings.appendTimeout().toNanos();
        long grace = settings.electionTimeout().multipliedBy(GRACE).toNanos();
        long resend = settings.tickInterval().toNanos() * settings.resendTicks();
        long maxPendingBytes = (long) MAX_PENDING_MESSAGES * settings.maxMessageBytes();
        this.appends = new PendingAppends(
                settings.pid(), loop.boot(), MAX_PENDING, maxPendingBytes, timeout, resend, grace, answerThreads);
        this.reads = new PendingReads(MAX_PENDING, timeout, resend, grace, answerThreads);
        this.callbacks = new Callbacks(listener, callbackThread);
        this.reconfigurations = new Reconfigurations(settings, loop, view, answerThreads);
        this.handover = new Handover(
                settings,
                loop,
                leadership.admissions(),
                callbacks,
                answerThreads,
                observations,
                reason -> view.happened(Kind.HANDOVER, reason));
        this.snapshots = new SnapshotTaker(
                settings,
                storage,
                snapshotThread,
                answerThreads,
                index -> loop.own(at -> new Input.SnapshotTaken(index, at)),
                reason -> view.happened(Kind.SNAPSHOT_FAILURE, reason));
        // Only the first configuration of a cluster knows no storages; a later one was not in force at the first entry.
        ClusterConfiguration known = settings.configuration();
        ClusterConfiguration first = known.storages().isEmpty() ? known : null;
        this.applier = new Applier(storage, stateMachine, first, snapshots, this, applyThread);
        this.commits = new CommitStream(storage, loop::execute, answerThreads);
    }

    /** Lets everything run. */
    void begin() {
        leadership.startedWith(handover);
        EffectRunner runner = new EffectRunner(
                leadership.admissions()::publish,
                transport,
                storage,
                this::applyThrough,
                this,
                () -> host.now().nanos(),
                observations::synced);
        transport.start(loop);
        transport.members(loop.configuration());
        loop.start(
                runner,
                this::everyTick,
                command -> appends.proposed(command, leaderBallot(), host.now().nanos()));
    }

    /** Ends everything, in order. */
    void end() {
        loop.stop();
        leadership.admissions().publish(null);
        transport.close();
        String reason = "this node was stopped";
        applier.stop();
        snapshots.close(reason);
        commits.close(reason);
        snapshotThread.shutdown();
        await(snapshotThread, THREAD_END_TIMEOUT, true);
        // The last task of the loop: a write that is still running must not lose its file.
        loopThread.execute(storage::close);
        loopThread.shutdown();
        await(loopThread, THREAD_END_TIMEOUT, false);
        callbacks.revoked(reason);
        handover.close();
        applyThread.shutdown();
        await(applyThread, THREAD_END_TIMEOUT, true);
        appends.close(reason);
        reads.close(reason);
        reconfigurations.close(reason);
        answerThreads.shutdown();
        callbackThread.shutdown();
        await(callbackThread, settings.revokeTimeout(), true);
    }

    void stand(boolean stands) {
        loop.own(at -> new Input.Stand(stands, at));
    }

    CompletableFuture<Committed> append(byte[] payload, long token) {
        PendingAppends.Registered registered;
        try {
            registered = appends.register(payload, token, host.now().nanos());
        } catch (AppendException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        loop.propose(registered.command());
        return registered.future();
    }

    CompletableFuture<ClusterConfiguration> reconfigure(ReconfigurationRequest request) {
        return reconfigurations.request(request);
    }

    CompletableFuture<Long> readBarrier() {
        PendingReads.Registered registered;
        try {
            registered = reads.register(host.now().nanos());
        } catch (AppendException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        loop.own(at -> new Input.ReadIndexWanted(registered.number(), at));
        return registered.future();
    }

    CompletableFuture<Long> snapshot() {
        CompletableFuture<Long> covered = snapshots.wanted();
        try {
            applier.offerSoon();
        } catch (RejectedExecutionException stopped) {
            // The end of the node has ended what is wanted.
        }
        return covered;
    }

    SnapshotStatus snapshotStatus() {
        return snapshots.status();
    }

    CommitStream commits() {
        return commits;
    }

    private void everyTick() {
        long now = host.now().nanos();
        appends.expire(now);
        reads.expire(now);
        reconfigurations.tick(now);
        askAgain(now);
    }

    private void askAgain(long now) {
        appends.due(leaderBallot(), now).forEach(loop::propose);
        reads.due(now).forEach(number -> loop.own(at -> new Input.ReadIndexWanted(number, at)));
    }

    private @Nullable Ballot leaderBallot() {
        Leader leader = view.leader();
        return leader == null ? null : leader.ballot();
    }

    private void applyThrough(long index) {
        applier.applyThrough(index);
        commits.moreIsReadable(applier.readableThrough());
    }

    private void applyOn() {
        applier.taskDone();
        commits.moreIsReadable(applier.readableThrough());
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
    public void restored(Predicate<ProposalId> covered) {
        appends.restored(covered);
    }

    @Override
    public void appliedThrough(long index) {
        reads.appliedThrough(index);
        loop.execute(this::applyOn);
        loop.own(at -> new Input.Applied(index, at));
    }

    @Override
    public void failed(IllegalStateException failure) {
        loop.execute(() -> {
            throw failure;
        });
    }

    // what the replica tells, on the loop's thread

    @Override
    public void granted(Notice.Granted granted) {
        LOG.debug("node {} leads with token {} in ballot {}", settings.pid(), granted.fencingToken(), granted.ballot());
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
        LOG.debug("node {} leads no more: {}", settings.pid(), revoked.reason());
        whyRevoked = revoked.reason();
        callbacks.revoked(revoked.reason());
        if (settings.interruptsOnLoss()) {
            interruptWork(revoked);
        }
        handover.over();
        Tenure tenure = new Tenure(revoked.ballot(), revoked.fencingToken());
        CompletableFuture<Void> unused = handover.workEnded(revoked.ballot()).thenRun(() -> callbacks.ended(tenure));
    }

    @Override
    public void leaderChanged(Notice.LeaderChanged changed) {
        Ballot leader = changed.leader();
        String reason = reasonOf(changed);
        LOG.info(
                "node {} sees {}: {}", settings.pid(), leader == null ? "no leader" : "leader " + leader.pid(), reason);
        loop.publishStatus();
        callbacks.changed(view.leaderChanged(leader, reason));
        if (leader != null) {
            askAgain(host.now().nanos());
        }
    }

    private void interruptWork(Notice.Revoked revoked) {
        List<String> names = leadership.admissions().interruptRunning(revoked.ballot());
        if (!names.isEmpty()) {
            LOG.warn(
                    "node {} lost its lease while leader-only work was running. Interrupted: {}",
                    settings.pid(),
                    names);
            view.happened(Kind.LEADER, "leader-only work was interrupted, as the lease was lost: " + names);
        }
    }

    /** That this node leads no more says nothing without the reason of its own leadership's end. */
    private String reasonOf(Notice.LeaderChanged changed) {
        String own = whyRevoked;
        whyRevoked = null;
        return changed.leader() == null && own != null && !own.equals(changed.reason())
                ? changed.reason() + ": " + own
                : changed.reason();
    }

    @Override
    public void refused(Notice.Refused refused) {
        appends.refused(
                refused.id(),
                refused.overloaded(),
                refused.byOther(),
                host.now().nanos());
    }

    @Override
    public void reconfigurationRefused(Notice.ReconfigurationRefused refused) {
        LOG.info("the members stay as they are: {}", refused.reason());
        view.happened(Kind.CONFIGURATION, "the members stay as they are: " + refused.reason());
        reconfigurations.refused(refused);
    }

    @Override
    public void configured(Notice.Configured configured) {
        ClusterConfiguration configuration = configured.configuration();
        LOG.info(
                "node {} is in configuration {} after index {}: nodes {}, read quorum {}, write quorum {}{}",
                settings.pid(),
                configuration.id(),
                configured.index(),
                configuration.nodes(),
                configuration.quorums().read(),
                configuration.quorums().write(),
                configuration.contains(settings.pid()) ? "" : "; this node is no member of it");
        view.happened(
                Kind.CONFIGURATION, "configuration " + configuration.id() + " of the nodes " + configuration.nodes());
        view.eligibility(null);
        transport.members(configuration);
        reconfigurations.configured(configured, host.now().nanos());
    }

    @Override
    public void eligibility(Notice.Eligibility eligibility) {
        if (eligibility.eligible()) {
            LOG.debug("{}", eligibility.reason());
        } else {
            LOG.warn("{}", eligibility.reason());
        }
        view.happened(Kind.ELIGIBILITY, eligibility.reason());
        view.eligibility(eligibility);
    }

    @Override
    public void readIndex(Notice.ReadIndex readIndex) {
        reads.answered(readIndex.number(), readIndex.index(), host.now().nanos());
        reads.appliedThrough(applier.appliedIndex());
    }

    /** On the loop's thread, which will step no more. */
    void failed(String reason) {
        leadership.admissions().publish(null);
        leadership.admissions().close();
        view.happened(Kind.FAILURE, reason);
        callbacks.revoked(reason);
        callbacks.changed(view.leaderChanged(null, reason));
        handover.over();
        reconfigurations.close(reason);
        applier.stop();
        snapshots.close(reason);
        commits.close(reason);
        appends.close(reason);
        reads.close(reason);
    }

    /** Waits within bounds; a caller that is interrupted waits on for what must not be interrupted. */
    private void await(ScheduledExecutorService executor, Duration timeout, boolean interruptible) {
        long deadline = System.nanoTime() + timeout.toNanos();
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
            LOG.warn("a thread of node {} did not end within {}", settings.pid(), timeout);
        }
        if (!ended && interruptible) {
            executor.shutdownNow();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
