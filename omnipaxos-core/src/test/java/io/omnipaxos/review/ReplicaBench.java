package io.omnipaxos.review;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.Replica;
import io.omnipaxos.replica.ReplicaSettings;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Replicas on one perfect clock, with messages that arrive at once unless they are dropped. */
final class ReplicaBench {

    static final long TICK = 50_000_000;
    static final int ELECTION_TICKS = 10;
    static final long LEASE = ELECTION_TICKS * TICK;
    static final double DRIFT = 0.01;

    /** Makes the election of a node. */
    interface Elections {
        Election of(long pid, long boot, ClusterConfiguration configuration, MemoryStorage storage);
    }

    final Map<Long, Member> members = new TreeMap<>();
    Predicate<Envelope> dropped = envelope -> false;
    private final ClusterConfiguration configuration;
    private final Deque<Envelope> wire = new ArrayDeque<>();
    private long nanos;

    ReplicaBench(int size, Elections elections) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        configuration = ClusterConfiguration.majority(1, pids);
        pids.forEach(pid -> members.put(pid, new Member(pid, elections)));
        members.values().forEach(member -> member.give(at -> new Input.Stand(true, at)));
    }

    static ReplicaBench withBallotElection(int size) {
        return new ReplicaBench(
                size,
                (pid, boot, configuration, storage) -> new BallotLeaderElection(
                        pid,
                        boot,
                        configuration,
                        0,
                        ELECTION_TICKS,
                        storage.state().promise()));
    }

    Member member(long pid) {
        Member member = members.get(pid);
        if (member == null) {
            throw new IllegalArgumentException("no node " + pid);
        }
        return member;
    }

    ClockReading now() {
        return new ClockReading(nanos, nanos / 1_000_000);
    }

    void tick() {
        nanos += TICK;
        for (Member member : members.values()) {
            member.give(Input.Tick::new);
            deliver();
        }
    }

    void deliver() {
        for (Envelope next = wire.poll(); next != null; next = wire.poll()) {
            Envelope envelope = next;
            if (!dropped.test(envelope)) {
                member(envelope.to()).give(at -> new Input.Received(envelope, at));
            }
        }
    }

    List<Member> leaders() {
        return members.values().stream().filter(Member::leads).toList();
    }

    Member tickUntilOneLeads() {
        for (int i = 0; i < 20 * ELECTION_TICKS; i++) {
            if (leaders().size() == 1) {
                return leaders().get(0);
            }
            tick();
        }
        throw new AssertionError("nobody leads");
    }

    /** One replica with what a node does for it. */
    final class Member {
        final long pid;
        final List<Notice> notices = new ArrayList<>();
        final Replica replica;
        private final MemoryStorage storage = new MemoryStorage();
        private @Nullable Lease lease;
        private long applied;

        private Member(long pid, Elections elections) {
            this.pid = pid;
            storage.write(WriteBatch.bootCounter(1));
            this.replica = new Replica(
                    new ReplicaSettings(
                            "bench",
                            pid,
                            1,
                            configuration,
                            ELECTION_TICKS,
                            5,
                            2,
                            new LeaseTerms(LEASE, DRIFT),
                            1 << 16),
                    storage.state(),
                    storage,
                    elections.of(pid, 1, configuration, storage),
                    now());
        }

        boolean leads() {
            return lease != null && lease.holdsAt(now());
        }

        void give(Function<ClockReading, Input> input) {
            perform(replica.step(input.apply(now())));
        }

        private void perform(Effects effects) {
            lease = effects.lease();
            wire.addAll(effects.sendNow());
            boolean writes = !effects.persist().isEmpty();
            if (writes) {
                storage.write(effects.persist());
            }
            wire.addAll(effects.sendAfterSync());
            notices.addAll(effects.notices());
            if (writes) {
                give(Input.Persisted::new);
            }
            if (effects.applyThrough() > applied) {
                applied = effects.applyThrough();
                give(at -> new Input.Applied(applied, at));
            }
        }
    }
}
