package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.Replica;
import io.omnipaxos.replica.ReplicaSettings;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that steps the replica. Everything that happened meanwhile is stepped together and made durable with
 * one sync.
 */
final class NodeLoop implements Transport.Receiver {

    private static final int INBOX = 8192;

    private final NodeSettings settings;
    private final Host host;
    private final Storage storage;
    private final ScheduledExecutorService thread;
    private final Replica replica;
    private final NodeView view;
    private final Consumer<Throwable> failed;

    /** What peers bring; bounded, what does not fit is refused. */
    private final BlockingQueue<Input> inbox = new ArrayBlockingQueue<>(INBOX);
    /** Commands that wait until enough is decided; bounded by what may be pending. */
    private final ConcurrentLinkedQueue<Command> proposals = new ConcurrentLinkedQueue<>();
    /** What this node itself brings; never refused, and few. */
    private final ConcurrentLinkedQueue<Input> ownInputs = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile boolean running;
    private @Nullable EffectRunner effects;
    private Runnable everyTick = () -> {};
    private Predicate<Command> proposing = command -> true;

    /**
     * @param storage open; its boot counter is raised here, durably
     * @param failed told once, on the loop's thread, why the loop has stopped itself
     */
    NodeLoop(
            NodeSettings settings,
            Host host,
            Storage storage,
            Elections elections,
            ScheduledExecutorService thread,
            NodeView view,
            Consumer<Throwable> failed) {
        this.settings = settings;
        this.host = host;
        this.storage = storage;
        this.thread = thread;
        this.view = view;
        this.failed = failed;
        storage.write(WriteBatch.bootCounter(storage.state().bootCounter() + 1));
        this.replica = makeReplica(storage.state(), elections);
        view.publish(replica.status());
    }

    private Replica makeReplica(DurableState state, Elections elections) {
        ReplicaSettings replicaSettings = new ReplicaSettings(
                settings.clusterId(),
                settings.pid(),
                boot(),
                settings.configuration(),
                settings.electionTicks(),
                settings.resendTicks(),
                settings.heartbeatTicks(),
                new LeaseTerms(settings.leaseDuration().toNanos(), settings.maxClockDrift()),
                // Half, as the entries of a message are not all of it once it is encoded.
                settings.maxMessageBytes() / 2);
        return new Replica(
                replicaSettings, state, storage.identity(), storage, elections.of(settings, boot()), host.now());
    }

    /** The configuration in force when the node was started. */
    ClusterConfiguration configuration() {
        return replica.status().configuration();
    }

    /** Names this start. */
    long boot() {
        return ProposalId.boot(storage.identity(), storage.state().bootCounter());
    }

    /**
     * Begins to step.
     *
     * @param runner does the effects
     * @param tickAction done on the loop's thread with each tick
     * @param proposal told on the loop's thread of each command just before it is stepped; false if nobody waits for it
     *     any more
     */
    void start(EffectRunner runner, Runnable tickAction, Predicate<Command> proposal) {
        effects = runner;
        everyTick = tickAction;
        proposing = proposal;
        running = true;
        long period = settings.tickInterval().toNanos();
        // A fixed delay, not a fixed rate: after a pause of the process time has passed once, not a hundred times.
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.NANOSECONDS);
    }

    /** Steps no more. */
    void stop() {
        running = false;
    }

    @Override
    public boolean received(Envelope envelope) {
        boolean taken = running && inbox.offer(new Input.Received(envelope, host.now()));
        if (taken) {
            scheduleDrain();
        }
        return taken;
    }

    /** Takes a command to be proposed, for the first time or again. Any thread. */
    void propose(Command command) {
        proposals.add(command);
        scheduleDrain();
    }

    @Override
    public void reconnected(long pid) {
        own(at -> new Input.Reconnected(pid, at));
    }

    /** Takes an input of this node itself. Any thread. */
    void own(Function<ClockReading, Input> input) {
        if (running) {
            ownInputs.add(input.apply(host.now()));
            scheduleDrain();
        }
    }

    /** Runs a task on the loop's thread, or nothing if the loop has stopped. */
    void execute(Runnable task) {
        execute(task, () -> {});
    }

    /** Runs a task on the loop's thread, or the other on any thread if the loop has stopped. */
    void execute(Runnable task, Runnable otherwise) {
        boolean dropped;
        try {
            Future<?> accepted = thread.submit(() -> {
                if (running) {
                    guarded(task);
                } else {
                    otherwise.run();
                }
            });
            // A thread that ends just now accepts a task and cancels it without a word.
            dropped = accepted.isCancelled();
        } catch (RejectedExecutionException stopped) {
            dropped = true;
        }
        if (dropped) {
            // The node was closed meanwhile; what it would have done no longer matters.
            running = false;
            otherwise.run();
        }
    }

    /** Runs a task on the loop's thread after some time, unless that thread has ended by then. */
    Future<?> later(Duration time, Runnable task) {
        try {
            return thread.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            return CompletableFuture.failedFuture(stopped);
        }
    }

    private void scheduleDrain() {
        if (running && drainScheduled.compareAndSet(false, true)) {
            execute(this::drain);
        }
    }

    private void tick() {
        if (running) {
            guarded(() -> {
                ownInputs.add(new Input.Tick(host.now()));
                drain();
                everyTick.run();
                view.publish(replica.status());
            });
        }
    }

    private void drain() {
        drainScheduled.set(false);
        storage.check();
        List<Input> inputs = new ArrayList<>();
        for (Input own = ownInputs.poll(); own != null; own = ownInputs.poll()) {
            inputs.add(own);
        }
        inbox.drainTo(inputs);
        List<Command> commands = takeProposals(replica.roomBytes());
        if (!commands.isEmpty()) {
            inputs.add(new Input.Proposed(commands, host.now()));
        }
        if (!inputs.isEmpty()) {
            step(inputs);
        }
        if (!proposals.isEmpty() && replica.roomBytes() > 0) {
            scheduleDrain();
        }
    }

    /** As many as there is room for, and never more than fit into one message to another leader. */
    private List<Command> takeProposals(long roomBytes) {
        List<Command> taken = new ArrayList<>();
        long room = Math.min(roomBytes, settings.maxMessageBytes() / 4);
        for (Command next = proposals.peek(); next != null && room > 0; next = proposals.peek()) {
            proposals.remove();
            if (proposing.test(next)) {
                taken.add(next);
                room -= next.size();
            }
        }
        return taken;
    }

    private void step(List<Input> inputs) {
        EffectRunner runner = Objects.requireNonNull(effects, "stepped before the start");
        boolean wrote = runner.run(replica.step(inputs));
        while (wrote) {
            wrote = runner.run(replica.step(new Input.Persisted(host.now())));
        }
    }

    /** Publishes the state after a notice, so that who is told finds it. */
    void publishStatus() {
        view.publish(replica.status());
    }

    /** What must never happen ends the node: a step that failed half way must not be followed by another. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            running = false;
            failed.accept(failure);
        }
    }
}
