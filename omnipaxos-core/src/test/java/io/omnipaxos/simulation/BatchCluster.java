package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.ReplicationMessage;
import io.omnipaxos.replica.Input;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Nodes whose inputs are stepped in random groups, with messages in any order and everything drawn from one seed. */
final class BatchCluster implements SafetyChecker.Cluster {

    static final long TICK = 50_000_000;
    static final int ELECTION_TICKS = 10;
    static final double DRIFT = 0.01;
    static final int MESSAGE_BYTES = 2000;

    final Random random;
    final ClusterConfiguration configuration;
    final boolean reckless;
    final Map<Long, BatchNode> nodes = new TreeMap<>();
    final List<Envelope> wire = new ArrayList<>();
    final List<Runnable> later = new ArrayList<>();
    final SafetyChecker checker = new SafetyChecker(this);
    private final Set<ProposalId> proposed = new HashSet<>();
    private final long seed;
    final Set<String> cuts = new TreeSet<>();
    double lossRate;
    double duplicateRate;
    boolean slowWire;
    boolean calm;
    boolean quiet;
    long nanos;
    long readBound;
    int reads;

    BatchCluster(long seed) {
        this.seed = seed;
        random = new Random(seed * 7919 + 13);
        int size = 1 + random.nextInt(5);
        List<Long> pids = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            pids.add(i * 7L);
        }
        Quorums quorums = size > 3 && random.nextBoolean() ? new Quorums(size, size - 1, 2) : Quorums.majority(size);
        configuration = new ClusterConfiguration(1, pids, quorums);
        reckless = random.nextInt(3) == 0;
        pids.forEach(pid -> nodes.put(pid, new BatchNode(this, pid)));
    }

    void run() {
        nodes.values().forEach(BatchNode::start);
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
        nodes.values().stream().filter(node -> node.replica == null).forEach(BatchNode::start);
        nodes.values().forEach(node -> node.take(at -> new Input.Stand(true, at)));
        for (int i = 0; i < 14 * ELECTION_TICKS * 10; i++) {
            step();
        }
        assertThat(leaders()).as("%s", describe()).isEqualTo(1);
        quiet = true;
        nodes.values().iterator().next().propose();
        for (int i = 0; i < 4 * ELECTION_TICKS * 10; i++) {
            step();
        }
        for (BatchNode node : nodes.values()) {
            assertThat(node.applied)
                    .as("node %d %s", node.pid, describe())
                    .isEqualTo(checker.decided().size());
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        nodes.values()
                .forEach(node -> text.append("\n  ")
                        .append(node.pid)
                        .append(' ')
                        .append(node.replica == null ? "down" : node.replica.status()));
        return text.toString();
    }

    private void disturb() {
        List<BatchNode> all = List.copyOf(nodes.values());
        BatchNode node = all.get(random.nextInt(all.size()));
        BatchNode other = all.get(random.nextInt(all.size()));
        switch (random.nextInt(10)) {
            case 0 -> node.crash();
            case 8 -> node.takeSnapshot();
            case 1 -> all.stream().filter(m -> m.replica == null).forEach(BatchNode::start);
            case 2 -> cuts.add(node.pid + ">" + other.pid);
            case 3 -> {
                cuts.add(node.pid + ">" + other.pid);
                cuts.add(other.pid + ">" + node.pid);
            }
            case 4, 5 -> cuts.clear();
            case 6 -> node.take(at -> new Input.Reconnected(other.pid, at));
            case 7 -> {
                long successor = random.nextBoolean() ? 0 : other.pid;
                boolean even = random.nextBoolean();
                node.take(at -> new Input.EndLeadership(successor, even, at));
            }
            default -> node.take(at -> new Input.Stand(random.nextInt(4) > 0, at));
        }
    }

    /** A tenth of a tick. */
    void step() {
        nanos += TICK / 10;
        nodes.values().forEach(BatchNode::tickIfDue);
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
            BatchNode receiver = nodes.get(envelope.to());
            if (!lost && receiver != null) {
                receiver.take(at -> new Input.Received(envelope, at));
            }
        }
        if (wire.size() > 3000) {
            wire.subList(0, 1000).clear();
        }
        for (BatchNode node : nodes.values()) {
            if (!quiet && random.nextInt(20) == 0) {
                node.propose();
            }
            if (random.nextInt(30) == 0) {
                node.read();
            }
            if (random.nextInt(slowWire ? 10 : 2) == 0) {
                node.run();
            }
        }
    }

    private long leaders() {
        return nodes.values().stream().filter(BatchNode::isLeader).count();
    }

    @Override
    public Collection<BatchNode> nodes() {
        return nodes.values();
    }

    void proposed(ProposalId id) {
        proposed.add(id);
    }

    @Override
    public boolean wasProposed(ProposalId id) {
        return proposed.contains(id);
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public long nowNanos() {
        return nanos;
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
        return envelope.message() instanceof LearningMessage.Decided decided ? decided.entries() : List.of();
    }

    void applied(long index) {
        readBound = Math.max(readBound, index);
    }
}
