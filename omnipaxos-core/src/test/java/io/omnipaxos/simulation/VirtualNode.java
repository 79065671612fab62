package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.Replica;
import io.omnipaxos.replica.ReplicaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One node of a virtual cluster: the real replica, a disk, clocks with a rate of their own, and the order of effects. */
final class VirtualNode implements SafetyChecker.Node {

    private final VirtualCluster cluster;
    private final ReplicaSettings template;
    private final int priority;
    private final double clockRate;
    private final Elections elections;
    private final VirtualDisk disk;

    private @Nullable Replica replica;
    private long incarnation;
    private long boot;
    private boolean paused;
    private boolean syncing;
    private @Nullable Runnable afterSync;
    private final List<Input> inbox = new ArrayList<>();
    private @Nullable Lease lease;
    private long sequence;
    private boolean elected;
    private AppliedLog applied;
    final List<String> notices = new ArrayList<>();

    VirtualNode(VirtualCluster cluster, ReplicaSettings template, int priority, double clockRate, Elections elections) {
        this.cluster = cluster;
        this.template = template;
        this.priority = priority;
        this.clockRate = clockRate;
        this.elections = elections;
        this.disk = new VirtualDisk(cluster.random());
        this.applied = newApplied();
    }

    private AppliedLog newApplied() {
        return new AppliedLog(disk, cluster.checker(), this, template.configuration());
    }

    /** A node like this one that is no member. */
    VirtualNode spare(long pid, double rate) {
        ReplicaSettings settings = new ReplicaSettings(
                template.clusterId(),
                pid,
                1,
                template.configuration(),
                template.electionTicks(),
                template.resendTicks(),
                template.heartbeatTicks(),
                template.lease(),
                template.maxMessageBytes());
        return new VirtualNode(cluster, settings, 0, rate, elections);
    }

    @Override
    public long pid() {
        return template.pid();
    }

    VirtualDisk disk() {
        return disk;
    }

    boolean isUp() {
        return replica != null;
    }

    boolean isPaused() {
        return paused;
    }

    Replica replica() {
        if (replica == null) {
            throw new IllegalStateException("node " + pid() + " is down");
        }
        return replica;
    }

    ClockReading clock() {
        long nanos = (long) (cluster.nowNanos() * clockRate);
        return new ClockReading(nanos, cluster.nowNanos() / 1_000_000);
    }

    @Override
    public boolean isLeader() {
        return replica != null && lease != null && lease.holdsAt(clock());
    }

    @Override
    public @Nullable Lease lease() {
        return lease;
    }

    void start() {
        incarnation++;
        disk.reopen();
        disk.write(WriteBatch.bootCounter(disk.state().bootCounter() + 1));
        boot = ProposalId.boot(disk.identity(), disk.state().bootCounter());
        ReplicaSettings settings = new ReplicaSettings(
                template.clusterId(),
                template.pid(),
                boot,
                template.configuration(),
                template.electionTicks(),
                template.resendTicks(),
                template.heartbeatTicks(),
                template.lease(),
                template.maxMessageBytes());
        replica = new Replica(
                settings,
                disk.state(),
                disk.identity(),
                disk,
                (configuration, promise) -> elections.of(settings, configuration, priority, promise),
                clock());
        applied = newApplied();
        sequence = 0;
        elected = false;
        take(at -> new Input.Stand(true, at));
        long firstTick = (long) (cluster.random().nextDouble() * cluster.tickNanos());
        scheduleTick(incarnation, firstTick);
    }

    /** Loses everything but what was synced. */
    void crash() {
        incarnation++;
        replica = null;
        lease = null;
        syncing = false;
        afterSync = null;
        paused = false;
        inbox.clear();
    }

    /** Loses everything, and starts again as if nothing had been. */
    void wipe() {
        crash();
        disk.wipe();
        start();
    }

    /** Whether everybody in this node's configuration would notice if it lost its disk. */
    boolean isKnownToAll() {
        Membership own = disk.state().membership();
        // Settings that name a node alone tell it to lead alone, and nobody could tell it better.
        boolean meetsOthers = template.configuration().nodes().size() > 1;
        return own != null
                && meetsOthers
                && own.eligible()
                && cluster.nodes().stream()
                        .filter(other -> other != this && own.configuration().contains(other.pid()))
                        .allMatch(other -> other.knows(own, pid(), disk.identity()));
    }

    private boolean knows(Membership their, long pid, UUID identity) {
        Membership own = disk.state().membership();
        return own != null
                && own.eligible()
                && own.configuration().equals(their.configuration())
                && identity.equals(own.identities().get(pid));
    }

    void takeSnapshot() {
        if (replica != null && !paused) {
            applied.takeSnapshot();
            take(at -> new Input.SnapshotTaken(applied.index(), at));
        }
    }

    /** Stops the process while the clocks run on. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        Runnable ended = afterSync;
        afterSync = null;
        if (ended != null) {
            ended.run();
        }
        run();
    }

    void receive(Envelope envelope) {
        take(at -> new Input.Received(envelope, at));
    }

    ProposalId propose(byte[] payload) {
        ProposalId id = new ProposalId(pid(), boot, ++sequence);
        take(at -> new Input.Proposed(List.of(new Command(id, 1, 0, payload)), at));
        return id;
    }

    void take(Function<ClockReading, Input> input) {
        if (replica != null) {
            inbox.add(input.apply(clock()));
            run();
        }
    }

    private void scheduleTick(long ofIncarnation, long delayNanos) {
        cluster.after(delayNanos, () -> {
            if (ofIncarnation == incarnation) {
                if (!paused) {
                    take(Input.Tick::new);
                }
                scheduleTick(ofIncarnation, (long) (cluster.tickNanos() / clockRate));
            }
        });
    }

    private void run() {
        Replica running = replica;
        if (running == null || syncing || paused || inbox.isEmpty()) {
            return;
        }
        List<Input> inputs = List.copyOf(inbox);
        inbox.clear();
        perform(running.step(inputs));
    }

    private void perform(Effects effects) {
        publish(effects.lease());
        effects.sendNow().forEach(cluster::send);
        if (effects.persist().isEmpty()) {
            disk.write(effects);
            finish(effects);
            return;
        }
        syncing = true;
        long ofIncarnation = incarnation;
        afterSync = () -> {
            if (ofIncarnation == incarnation) {
                disk.write(effects);
                syncing = false;
                finish(effects);
                inbox.add(0, new Input.Persisted(clock()));
                run();
            }
        };
        Runnable ended = afterSync;
        cluster.after(cluster.syncNanos(), () -> {
            if (!paused && afterSync == ended) {
                afterSync = null;
                ended.run();
            }
        });
    }

    private void finish(Effects effects) {
        effects.sendAfterSync().forEach(cluster::send);
        if (applied.applyThrough(effects.applyThrough())) {
            inbox.add(new Input.Applied(applied.index(), clock()));
        }
        effects.notices().forEach(notice -> notice.accept(noticed));
        run();
    }

    private void publish(@Nullable Lease published) {
        lease = published;
        cluster.checker().published(this);
    }

    private final Notice.Visitor noticed = new Notice.Visitor() {
        @Override
        public void granted(Notice.Granted granted) {
            if (elected) {
                throw new AssertionError("elected twice without revoked on node " + pid());
            }
            elected = true;
            notices.add("granted " + granted.fencingToken());
            cluster.checker().granted();
        }

        @Override
        public void revoked(Notice.Revoked revoked) {
            if (!elected) {
                throw new AssertionError("revoked without elected on node " + pid());
            }
            elected = false;
            notices.add("revoked " + revoked.fencingToken() + ": " + revoked.reason());
        }

        @Override
        public void ending(Notice.Ending ending) {
            notices.add("ending " + ending.reason());
            long ofIncarnation = incarnation;
            cluster.after(cluster.drainNanos(), () -> {
                if (ofIncarnation == incarnation) {
                    take(at -> new Input.Release(ending.ballot(), ending.successor(), at));
                }
            });
        }

        @Override
        public void endingRefused(Notice.EndingRefused refused) {
            notices.add("kept " + refused.reason());
        }

        @Override
        public void leaderChanged(Notice.LeaderChanged changed) {
            Ballot leader = changed.leader();
            notices.add("leader " + (leader == null ? "none" : leader.pid()) + ": " + changed.reason());
            cluster.checker().leaderChanged(VirtualNode.this, leader);
        }

        @Override
        public void refused(Notice.Refused refused) {
            if (!refused.byOther()) {
                cluster.checker().refused(refused.id());
            }
        }

        @Override
        public void readIndex(Notice.ReadIndex readIndex) {
            notices.add("read " + readIndex.number() + " at " + readIndex.index());
        }

        @Override
        public void reconfigurationRefused(Notice.ReconfigurationRefused refused) {
            notices.add("configuration kept " + refused.reason());
        }

        @Override
        public void configured(Notice.Configured configured) {
            notices.add("configuration " + configured.configuration().id() + " after " + configured.index());
        }

        @Override
        public void eligibility(Notice.Eligibility eligibility) {
            notices.add((eligibility.eligible() ? "eligible: " : "not eligible: ") + eligibility.reason());
        }
    };
}
