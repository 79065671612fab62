package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.ReplicationMessage;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.Replica;
import io.omnipaxos.replica.ReplicaSettings;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Inputs stepped in random groups, messages in any order, crashes between a step and its sync, elections that elect
 * without leave, reads, planned changes of leader and reconnections: what is decided, leases, tokens, reads and the size
 * of messages are checked throughout.
 */
class RandomBatchesTest {

    private static final long SEEDS = Long.getLong("seeds", 300);
    private static final long TICK = 50_000_000;
    private static final int ELECTION_TICKS = 10;
    private static final double DRIFT = 0.01;
    private static final int MESSAGE_BYTES = 2000;

    @Test
    void noSeedBreaksIt() {
        Long only = Long.getLong("seed");
        long from = only == null ? Long.getLong("from", 0) : only;
        long to = only == null ? from + SEEDS : only + 1;
        long decided = 0;
        long leaderships = 0;
        long reads = 0;
        for (long seed = from; seed < to; seed++) {
            try {
                World world = new World(seed);
                world.run();
                decided += world.decided.size();
                leaderships += world.tokens.size();
                reads += world.reads;
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("replay with -Dtest=RandomBatchesTest -Dseed=" + seed, failure);
            }
        }
        System.out.printf(
                "random batches: %d seeds, %d leaderships, %d entries decided, %d reads%n",
                to - from, leaderships, decided, reads);
        assertThat(decided).isPositive();
    }

    private static final class World {
        final Random random;
        final ClusterConfiguration configuration;
        final boolean reckless;
        final Map<Long, Member> members = new TreeMap<>();
        final List<Envelope> wire = new ArrayList<>();
        final List<Runnable> later = new ArrayList<>();
        final List<LogEntry> decided = new ArrayList<>();
        final Map<Ballot, Long> tokens = new TreeMap<>();
        final Set<String> cuts = new TreeSet<>();
        double lossRate;
        double duplicateRate;
        boolean slowWire;
        boolean calm;
        boolean quiet;
        long nanos;
        long newestToken;
        long readBound;
        int reads;

        World(long seed) {
            random = new Random(seed * 7919 + 13);
            int size = 1 + random.nextInt(5);
            List<Long> pids = new ArrayList<>();
            for (int i = 1; i <= size; i++) {
                pids.add(i * 7L);
            }
            Quorums quorums =
                    size > 3 && random.nextBoolean() ? new Quorums(size, size - 1, 2) : Quorums.majority(size);
            configuration = new ClusterConfiguration(1, pids, quorums);
            reckless = random.nextInt(3) == 0;
            pids.forEach(pid -> members.put(pid, new Member(this, pid)));
        }

        void run() {
            members.values().forEach(Member::start);
            for (int i = 0; i < 120; i++) {
                lossRate = random.nextInt(4) == 0 ? random.nextDouble() * 0.3 : 0;
                duplicateRate = random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : 0;
                slowWire = random.nextInt(4) == 0;
                if (random.nextInt(3) == 0) {
                    disturb();
                }
                for (int step = random.nextInt(60); step > 0; step--) {
                    step();
                }
            }
            if (!reckless) {
                recover();
            }
        }

        private void recover() {
            calm = true;
            cuts.clear();
            lossRate = 0;
            slowWire = false;
            members.values().stream().filter(member -> member.replica == null).forEach(Member::start);
            members.values().forEach(member -> member.take(at -> new Input.Stand(true, at)));
            for (int i = 0; i < 14 * ELECTION_TICKS * 10; i++) {
                step();
            }
            assertThat(leaders()).as("%s", describe()).isEqualTo(1);
            quiet = true;
            members.values().iterator().next().propose();
            for (int i = 0; i < 4 * ELECTION_TICKS * 10; i++) {
                step();
            }
            for (Member member : members.values()) {
                assertThat(member.applied)
                        .as("node %d %s", member.pid, describe())
                        .isEqualTo(decided.size());
            }
        }

        private String describe() {
            StringBuilder text = new StringBuilder();
            members.values()
                    .forEach(member -> text.append("\n  ")
                            .append(member.pid)
                            .append(' ')
                            .append(member.replica == null ? "down" : member.replica.status()));
            return text.toString();
        }

        private void disturb() {
            List<Member> all = List.copyOf(members.values());
            Member member = all.get(random.nextInt(all.size()));
            Member other = all.get(random.nextInt(all.size()));
            switch (random.nextInt(9)) {
                case 0 -> member.crash();
                case 1 -> all.stream().filter(m -> m.replica == null).forEach(Member::start);
                case 2 -> cuts.add(member.pid + ">" + other.pid);
                case 3 -> {
                    cuts.add(member.pid + ">" + other.pid);
                    cuts.add(other.pid + ">" + member.pid);
                }
                case 4, 5 -> cuts.clear();
                case 6 -> member.take(at -> new Input.Reconnected(other.pid, at));
                case 7 -> {
                    long successor = random.nextBoolean() ? 0 : other.pid;
                    boolean even = random.nextBoolean();
                    member.take(at -> new Input.EndLeadership(successor, even, at));
                }
                default -> member.take(at -> new Input.Stand(random.nextInt(4) > 0, at));
            }
        }

        /** A tenth of a tick. */
        void step() {
            nanos += TICK / 10;
            members.values().forEach(Member::tickIfDue);
            for (int i = later.size() - 1; i >= 0; i--) {
                if (random.nextInt(slowWire ? 200 : 20) == 0) {
                    later.remove(i).run();
                }
            }
            int deliveries = slowWire ? 1 + random.nextInt(3) : wire.size();
            for (int i = 0; i < deliveries && !wire.isEmpty(); i++) {
                Envelope envelope = wire.remove(slowWire || random.nextInt(5) == 0 ? random.nextInt(wire.size()) : 0);
                if (random.nextDouble() < duplicateRate) {
                    wire.add(envelope);
                }
                boolean lost = random.nextDouble() < lossRate || cuts.contains(envelope.from() + ">" + envelope.to());
                Member receiver = members.get(envelope.to());
                if (!lost && receiver != null) {
                    receiver.take(at -> new Input.Received(envelope, at));
                }
            }
            if (wire.size() > 3000) {
                wire.subList(0, 1000).clear();
            }
            for (Member member : members.values()) {
                if (!quiet && random.nextInt(20) == 0) {
                    member.propose();
                }
                if (random.nextInt(30) == 0) {
                    member.read();
                }
                if (random.nextInt(slowWire ? 10 : 2) == 0) {
                    member.run();
                }
            }
            checkLeases();
        }

        private long leaders() {
            return members.values().stream().filter(Member::leads).count();
        }

        void checkLeases() {
            List<Member> leading =
                    members.values().stream().filter(Member::leads).toList();
            if (leading.size() > 1) {
                throw new AssertionError("two leases: " + leading.get(0).lease + " and " + leading.get(1).lease);
            }
            for (Member member : leading) {
                Lease lease = member.lease;
                if (lease == null) {
                    continue;
                }
                Long before = tokens.put(lease.ballot(), lease.fencingToken());
                if ((before != null && before != lease.fencingToken()) || lease.fencingToken() < newestToken) {
                    throw new AssertionError("token " + lease + " after " + newestToken + " and " + before);
                }
                newestToken = lease.fencingToken();
            }
        }

        void send(Envelope envelope) {
            long bytes = entriesOf(envelope).stream().mapToLong(LogEntry::size).sum();
            if (bytes > MESSAGE_BYTES) {
                throw new AssertionError("a message with " + bytes + " bytes of entries: " + envelope.message());
            }
            wire.add(envelope);
        }

        private static List<? extends LogEntry> entriesOf(Envelope envelope) {
            if (envelope.message() instanceof ReplicationMessage.Promise promise) {
                return promise.entries();
            }
            if (envelope.message() instanceof ReplicationMessage.AcceptSync sync) {
                return sync.entries();
            }
            if (envelope.message() instanceof ReplicationMessage.AcceptDecide accept) {
                return accept.entries();
            }
            return envelope.message() instanceof ReplicationMessage.CatchUp catchUp ? catchUp.entries() : List.of();
        }

        void applied(Member member, long index, LogEntry entry) {
            if (index <= decided.size()) {
                if (!decided.get((int) index - 1).equals(entry)) {
                    throw new AssertionError("node " + member.pid + " applies " + entry + " at " + index + " where "
                            + decided.get((int) index - 1) + " was applied");
                }
            } else {
                decided.add(entry);
            }
            readBound = Math.max(readBound, index);
        }
    }

    private static final class Member {
        final World world;
        final long pid;
        final double rate;
        final List<Input> inbox = new ArrayList<>();
        final Map<Long, Long> asked = new TreeMap<>();
        MemoryStorage storage = new MemoryStorage();

        @Nullable
        Replica replica;

        @Nullable
        Lease lease;

        long applied;
        long sequence;
        long readNumber;
        long nextTick;
        int boot;

        Member(World world, long pid) {
            this.world = world;
            this.pid = pid;
            this.rate = 1 + (world.random.nextDouble() * 2 - 1) * DRIFT;
        }

        ClockReading now() {
            return new ClockReading((long) (world.nanos * rate), world.nanos / 1_000_000);
        }

        boolean leads() {
            return replica != null && lease != null && lease.holdsAt(now());
        }

        void start() {
            boot++;
            storage = storage.reopen();
            storage.write(WriteBatch.bootCounter(boot));
            Election election = new BallotLeaderElection(
                    pid,
                    boot,
                    world.configuration,
                    0,
                    ELECTION_TICKS,
                    storage.state().promise());
            replica = new Replica(
                    new ReplicaSettings(
                            "review",
                            pid,
                            boot,
                            world.configuration,
                            ELECTION_TICKS,
                            5,
                            2,
                            new LeaseTerms(ELECTION_TICKS * TICK, DRIFT),
                            MESSAGE_BYTES),
                    storage.state(),
                    storage,
                    world.reckless ? new Reckless(election, world.random, pid) : election,
                    now());
            applied = 0;
            sequence = 0;
            asked.clear();
            nextTick = world.nanos + (long) (world.random.nextDouble() * TICK);
            take(at -> new Input.Stand(true, at));
        }

        void crash() {
            replica = null;
            lease = null;
            inbox.clear();
        }

        void tickIfDue() {
            if (world.nanos >= nextTick) {
                nextTick = world.nanos + (long) (TICK / rate);
                take(Input.Tick::new);
            }
        }

        void take(Function<ClockReading, Input> input) {
            if (replica != null) {
                inbox.add(input.apply(now()));
            }
        }

        void propose() {
            byte[] payload = new byte[world.random.nextInt(100)];
            ProposalId id = new ProposalId(pid, boot, ++sequence);
            take(at -> new Input.Proposed(List.of(new Command(id, 1, 0, payload)), at));
        }

        void read() {
            long number = ++readNumber;
            asked.put(number, world.readBound);
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
                world.checkLeases();
                effects.sendNow().forEach(world::send);
                boolean writes = !effects.persist().isEmpty();
                if (writes && !world.calm && world.random.nextInt(400) == 0) {
                    crash();
                    return;
                }
                if (writes) {
                    storage.write(effects.persist());
                }
                if (writes && !world.calm && world.random.nextInt(400) == 0) {
                    crash();
                    return;
                }
                effects.sendAfterSync().forEach(world::send);
                apply(effects.applyThrough());
                effects.notices().forEach(this::noticed);
                if (!writes) {
                    return;
                }
                effects = running.step(new Input.Persisted(now()));
            }
        }

        private void apply(long through) {
            if (through <= applied) {
                return;
            }
            while (applied < through) {
                for (LogEntry entry : storage.read(applied + 1, through, 1 << 20)) {
                    world.applied(this, ++applied, entry);
                }
            }
            take(at -> new Input.Applied(through, at));
        }

        private void noticed(Notice notice) {
            if (notice instanceof Notice.Ending ending) {
                int ofBoot = boot;
                world.later.add(() -> {
                    if (boot == ofBoot) {
                        take(at -> new Input.Release(ending.ballot(), ending.successor(), at));
                    }
                });
            } else if (notice instanceof Notice.ReadIndex read && read.index() >= 0) {
                Long bound = asked.get(read.number());
                world.reads++;
                if (bound != null && read.index() < bound) {
                    throw new AssertionError("a read at " + read.index() + " after " + bound + " was applied");
                }
            }
        }
    }

    /** Follows another election, but now and then elects its node without leave, and is content with anything. */
    private static final class Reckless implements Election {
        private final Election election;
        private final Random random;
        private final long pid;

        Reckless(Election election, Random random, long pid) {
            this.election = election;
            this.random = random;
            this.pid = pid;
        }

        @Override
        public @Nullable Ballot tick(Standing standing) {
            Ballot elected = election.tick(standing);
            return random.nextInt(30) == 0 ? new Ballot(1, election.leader().n() + random.nextInt(3), 0, pid) : elected;
        }

        @Override
        public @Nullable Ballot retry(Standing standing) {
            return election.retry(standing);
        }

        @Override
        public @Nullable Ballot takeOver(Ballot above, Standing standing) {
            return election.takeOver(above, standing);
        }

        @Override
        public void handle(long from, ElectionMessage message) {
            election.handle(from, message);
        }

        @Override
        public void follow(Ballot promise) {
            election.follow(promise);
        }

        @Override
        public void giveUp() {}

        @Override
        public Ballot leader() {
            return election.leader();
        }

        @Override
        public boolean happy() {
            return election.happy() || random.nextInt(5) == 0;
        }

        @Override
        public Map<Long, PeerView> peers() {
            return election.peers();
        }

        @Override
        public List<Outgoing> drainOutgoing() {
            return election.drainOutgoing();
        }
    }
}
