package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.node.Elections;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A machine of the cluster, and the node that runs on it while it runs. */
public final class SimulatedNode {

    private final NodeSettings settings;
    private final Parts parts;
    private final SimulatedClock clock;
    private final SimulatedDisk disk;
    private final int filling;
    private final Acknowledged acknowledged = new Acknowledged();

    private @Nullable Running running;
    private boolean damaged;
    private boolean rotten;
    private boolean leaving;
    /** The membership that was told of last. */
    private @Nullable Membership lastTold;

    /** What all machines have in common. */
    record Parts(
            Timeline timeline,
            SimulatedNetwork network,
            Invariants invariants,
            Grants grants,
            Transcript transcript,
            Elections elections,
            SimulatedApplication.Factory applications) {}

    private record Running(
            SimulatedHost host,
            OmniPaxosNode node,
            SimulatedApplication application,
            Registers registers,
            Storage storage,
            SimulatedTransport transport) {}

    SimulatedNode(NodeSettings settings, Parts parts, SimulatedClock clock, SimulatedDisk disk, int filling) {
        this.settings = settings;
        this.parts = parts;
        this.clock = clock;
        this.disk = disk;
        this.filling = filling;
    }

    public long pid() {
        return settings.pid();
    }

    /** Whether the process runs, or stands still. */
    public boolean isUp() {
        return running != null;
    }

    /** Whether the process stands still. */
    public boolean isPaused() {
        Running present = running;
        return present != null && present.host().isPaused();
    }

    /** Whether it may act as leader at this instant, by the lease that it has. */
    public boolean isLeader() {
        return running != null && parts.invariants().leads(pid());
    }

    /**
     * The node that runs here.
     *
     * @throws IllegalStateException if none does
     */
    public OmniPaxosNode node() {
        return present().node();
    }

    Registers registers() {
        return present().registers();
    }

    /** The ids of all configurations that the process was in since it was started. */
    List<Long> configurations() {
        return present().transport().configurations();
    }

    SimulatedHost host() {
        return present().host();
    }

    SimulatedDisk disk() {
        return disk;
    }

    SimulatedClock clock() {
        return clock;
    }

    private Running present() {
        Running present = running;
        if (present == null) {
            throw new IllegalStateException("node " + pid() + " does not run");
        }
        return present;
    }

    /** Whether a process could not be started, as what the disk holds is damaged. */
    boolean isDamaged() {
        return damaged;
    }

    /** Whether something on its disk was changed, which may not have been noticed. */
    boolean isRotten() {
        return rotten;
    }

    void setRotten(boolean isRotten) {
        rotten = isRotten;
    }

    /** Whether the process is of no more use: the node stopped itself, or is about to end in order. */
    boolean mustBeRestarted() {
        return leaving || hasFailed();
    }

    private boolean hasFailed() {
        Running present = running;
        return present != null && present.node().status().state() == State.FAILED;
    }

    /** Why the node stopped itself though its disk is all right, or null. */
    @Nullable
    String unexpectedFailure() {
        Running present = running;
        boolean excused = disk.hasFailed() || rotten;
        return present != null && !excused && hasFailed()
                ? present.node().status().failure()
                : null;
    }

    /** Starts a process, unless one runs. */
    void start() {
        if (running != null) {
            return;
        }
        List<SimulatedApplication> applications = new ArrayList<>();
        SimulatedHost host = new SimulatedHost(pid(), parts.timeline(), clock, lease -> {
            parts.invariants().published(pid(), lease, clock);
            applications.forEach(application -> application.published(lease));
        });
        Storage storage;
        try {
            storage = new WatchedStorage(disk.open(host), watcher(host));
            acknowledged.found(pid(), storage.state());
            decided(storage.state().decidedIndex(), storage, host);
        } catch (StorageException refused) {
            disk.crash(parts.timeline().now(), false);
            if (!rotten) {
                throw new Violation("node " + pid() + " finds its disk damaged, which it is not", refused);
            }
            damaged = true;
            tell(host, () -> "finds its disk damaged");
            return;
        }
        damaged = false;
        UUID identity = storage.identity();
        lastTold = storage.state().membership();
        Consumer<Supplier<String>> told = words -> tell(host, words);
        told.accept(() -> "starts with storage " + MessageText.of(identity));
        Registers registers = new Registers(pid(), parts.invariants(), storage, filling, told);
        SimulatedTransport transport = new SimulatedTransport(pid(), host, parts.network());
        SimulatedApplication application = parts.applications().of(host);
        applications.add(application);
        OmniPaxosNode node = new OmniPaxosNode(
                settings,
                () -> storage,
                transport,
                registers,
                new TellingListener(application.listener(), told),
                application.observers(),
                host,
                parts.elections());
        running = new Running(host, node, application, registers, storage, transport);
        application.start(node);
    }

    private void tell(SimulatedHost host, Supplier<String> words) {
        parts.transcript().told(pid(), host, words);
    }

    /** Tells of what is written, once it is: a process that ends before has not done it. */
    private WatchedStorage.Watcher watcher(SimulatedHost host) {
        return new WatchedStorage.Watcher() {
            @Override
            public void writes(WriteBatch batch) {
                acknowledged.begin(batch);
                Ballot promise = batch.promise();
                if (promise != null) {
                    host.whenReached(() -> parts.grants()
                            .promised(
                                    pid(),
                                    promise,
                                    clock.nanosAt(parts.timeline().now())));
                }
            }

            @Override
            public void wrote(WriteBatch batch, Storage storage) {
                tellOf(batch, host);
                host.whenReached(acknowledged::done);
                Long decided = batch.decidedIndex();
                if (decided != null) {
                    decided(decided, storage, host);
                }
            }

            @Override
            public void covers(long index, Storage storage) {
                // That it is decided need not have been written.
                decided(index, storage, host);
            }
        };
    }

    private void tellOf(WriteBatch batch, SimulatedHost host) {
        Membership membership = batch.membership();
        if (membership != null && !membership.equals(lastTold)) {
            Membership before = lastTold;
            lastTold = membership;
            if (before == null || !before.configuration().equals(membership.configuration())) {
                tell(host, () -> "is in " + MessageText.of(membership.configuration()));
            }
            if (membership.eligible() && (before == null || !before.eligible())) {
                tell(host, () -> "may take part in decisions");
            }
        }
    }

    /** So much is decided, and in the storage. */
    private void decided(long index, Storage storage, SimulatedHost host) {
        long first =
                Math.max(parts.invariants().decidedEntries(), storage.state().compactedIndex()) + 1;
        if (first <= index) {
            List<LogEntry> entries = storage.read(first, index, Integer.MAX_VALUE);
            host.whenReached(() -> parts.invariants().decided(pid(), first, entries));
        }
    }

    /** The process ends at once. */
    void crash(boolean powerLost) {
        Running present = running;
        if (present != null) {
            present.application().killed();
            ended(powerLost);
        }
    }

    private void ended(boolean powerLost) {
        Running present = running;
        if (present != null) {
            running = null;
            leaving = false;
            parts.transcript().told(pid(), "ends");
            present.host().kill();
            parts.network().connect(pid(), null);
            parts.invariants().ended(pid());
            clock.resume(parts.timeline().now());
        }
        if (present != null || powerLost) {
            disk.crash(parts.timeline().now(), powerLost);
        }
    }

    /** The process hands leadership over and ends in order. */
    void shutDown() {
        Running present = running;
        if (present != null && !present.host().isPaused()) {
            leaving = true;
            present.application().stop(present.node(), () -> {
                if (!present.host().isDead()) {
                    present.application().close(present.node());
                    ended(false);
                }
            });
        }
    }

    void pause() {
        Running present = running;
        if (present != null) {
            present.host().pause();
        }
    }

    /** As {@link #pause}, but the monotonic clock stands still as well. */
    void suspend() {
        if (running != null) {
            pause();
            clock.suspend(parts.timeline().now());
        }
    }

    void resume() {
        clock.resume(parts.timeline().now());
        Running present = running;
        if (present != null && present.host().isPaused()) {
            present.host().resume();
        }
    }

    /** The disk is replaced by an empty one, and a process started. */
    void replaceDisk() {
        crash(true);
        rotten = false;
        disk.replace();
        acknowledged.forget();
        parts.grants().forgotten(pid());
        start();
    }

    /**
     * Whether the cluster bears the loss of this disk: three members or more, all of which run and know this node's
     * storage.
     */
    boolean canLoseDisk(Collection<SimulatedNode> all) {
        Running present = running;
        if (present == null || settings.configuration().nodes().size() == 1) {
            return false;
        }
        Membership own = present.storage().state().membership();
        UUID identity = present.storage().identity();
        return own != null
                && own.eligible()
                && own.configuration().nodes().size() > 2
                && all.stream()
                        .filter(other -> other != this && own.configuration().contains(other.pid()))
                        .allMatch(other -> other.knows(own.configuration(), pid(), identity));
    }

    private boolean knows(ClusterConfiguration configuration, long pid, UUID identity) {
        Running present = running;
        Membership own = present == null ? null : present.storage().state().membership();
        return own != null
                && own.eligible()
                && own.configuration().equals(configuration)
                && identity.equals(own.identities().get(pid));
    }

    /** What a reader must know of it at first. */
    String inShort() {
        if (running == null) {
            return "is down";
        }
        NodeStatus status = node().status();
        Long token = status.fencingToken();
        return (isLeader() ? "leads in " : "has promised ") + MessageText.of(status.promise())
                + (token == null ? "" : ", token " + token) + ", accepted " + status.acceptedIndex() + ", decided "
                + status.decidedIndex()
                + (status.compactedIndex() == 0 ? "" : ", compacted " + status.compactedIndex());
    }

    @Override
    public String toString() {
        if (running == null) {
            return "node " + pid() + (damaged ? " is down, its disk is damaged" : " is down");
        }
        NodeStatus status = node().status();
        Leader leader = status.leader();
        return "node " + pid() + (isPaused() ? " stands still, " : " is ") + status.state() + ", " + status.role()
                + " in "
                + status.phase() + ", promise " + status.promise() + ", sees "
                + (leader == null ? "no leader" : "leader " + leader.pid()) + ", configuration "
                + status.configuration().id() + " of " + status.configuration().nodes() + ", accepted "
                + status.acceptedIndex() + ", decided " + status.decidedIndex() + ", compacted "
                + status.compactedIndex() + (status.withoutVote() == null ? "" : ", " + status.withoutVote());
    }
}
