package io.omnipaxos.simulation;

import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.election.Election;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.Replica;
import io.omnipaxos.replica.ReplicaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One node of a {@link BatchCluster}: steps its inputs when it is told to, and may crash before and after each sync. */
final class BatchNode implements SafetyChecker.Node {

    final BatchCluster cluster;
    final long pid;
    final double rate;
    final List<Input> inbox = new ArrayList<>();
    final Map<Long, Long> asked = new TreeMap<>();
    private final VirtualDisk disk;
    private AppliedLog log;

    @Nullable
    Replica replica;

    @Nullable
    Lease lease;

    long applied;
    long sequence;
    long readNumber;
    long nextTick;
    int boot;

    BatchNode(BatchCluster cluster, long pid) {
        this.cluster = cluster;
        this.pid = pid;
        this.disk = new VirtualDisk(cluster.random);
        this.log = new AppliedLog(disk, cluster.checker, this, cluster.configuration);
        this.rate = 1 + (cluster.random.nextDouble() * 2 - 1) * BatchCluster.DRIFT;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public @Nullable Lease lease() {
        return lease;
    }

    ClockReading now() {
        return new ClockReading((long) (cluster.nanos * rate), cluster.nanos / 1_000_000);
    }

    @Override
    public boolean isLeader() {
        return replica != null && lease != null && lease.holdsAt(now());
    }

    void start() {
        boot++;
        disk.reopen();
        disk.write(WriteBatch.bootCounter(boot));
        ReplicaSettings settings = new ReplicaSettings(
                "test",
                pid,
                boot,
                cluster.configuration,
                BatchCluster.ELECTION_TICKS,
                5,
                2,
                new LeaseTerms(BatchCluster.ELECTION_TICKS * BatchCluster.TICK, BatchCluster.DRIFT),
                BatchCluster.MESSAGE_BYTES);
        replica = new Replica(
                settings,
                disk.state(),
                disk.identity(),
                disk,
                (configuration, promise) -> {
                    Election election = Elections.BY_BALLOT.of(settings, configuration, 0, promise);
                    return cluster.reckless ? new RecklessElection(election, cluster.random, pid) : election;
                },
                now());
        log = new AppliedLog(disk, cluster.checker, this, cluster.configuration);
        applied = 0;
        sequence = 0;
        asked.clear();
        nextTick = cluster.nanos + (long) (cluster.random.nextDouble() * BatchCluster.TICK);
        take(at -> new Input.Stand(true, at));
    }

    void crash() {
        replica = null;
        lease = null;
        inbox.clear();
    }

    void tickIfDue() {
        if (cluster.nanos >= nextTick) {
            nextTick = cluster.nanos + (long) (BatchCluster.TICK / rate);
            take(Input.Tick::new);
        }
    }

    void take(Function<ClockReading, Input> input) {
        if (replica != null) {
            inbox.add(input.apply(now()));
        }
    }

    void propose() {
        byte[] payload = new byte[cluster.random.nextInt(100)];
        ProposalId id = new ProposalId(pid, boot, ++sequence);
        cluster.proposed(id);
        take(at -> new Input.Proposed(List.of(new Command(id, 1, 0, payload)), at));
    }

    void read() {
        long number = ++readNumber;
        asked.put(number, cluster.readBound);
        take(at -> new Input.ReadIndexWanted(number, at));
    }

    void run() {
        Replica running = replica;
        if (running == null || inbox.isEmpty()) {
            return;
        }
        List<Input> inputs = List.copyOf(inbox);
        inbox.clear();
        Effects effects = running.step(inputs);
        while (true) {
            lease = effects.lease();
            cluster.checker.published(this);
            effects.sendNow().forEach(cluster::send);
            boolean writes = !effects.persist().isEmpty();
            if (writes && !cluster.calm && cluster.random.nextInt(400) == 0) {
                crash();
                return;
            }
            disk.write(effects);
            if (writes && !cluster.calm && cluster.random.nextInt(400) == 0) {
                crash();
                return;
            }
            effects.sendAfterSync().forEach(cluster::send);
            apply(effects.applyThrough());
            effects.notices().forEach(this::noticed);
            if (!writes) {
                return;
            }
            effects = running.step(new Input.Persisted(now()));
        }
    }

    private void apply(long through) {
        if (log.applyThrough(through)) {
            applied = log.index();
            cluster.applied(applied);
            take(at -> new Input.Applied(through, at));
        }
    }

    void takeSnapshot() {
        if (replica != null) {
            log.takeSnapshot();
            take(at -> new Input.SnapshotTaken(applied, at));
        }
    }

    private void noticed(Notice notice) {
        if (notice instanceof Notice.Ending ending) {
            int ofBoot = boot;
            cluster.later.add(() -> {
                if (boot == ofBoot) {
                    take(at -> new Input.Release(ending.ballot(), ending.successor(), at));
                }
            });
        } else if (notice instanceof Notice.ReadIndex read && read.index() >= 0) {
            Long bound = asked.get(read.number());
            cluster.reads++;
            if (bound != null && read.index() < bound) {
                throw new AssertionError("a read at " + read.index() + " after " + bound + " was applied");
            }
        } else if (notice instanceof Notice.Refused refused && !refused.byOther()) {
            cluster.checker.refused(refused.id());
        }
    }
}
