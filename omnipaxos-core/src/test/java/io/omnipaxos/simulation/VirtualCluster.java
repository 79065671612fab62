package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.lease.LeaseTerms;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.replica.ReplicaSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A cluster of real replicas in virtual time. Ten ticks of 50 ms make an election timeout, as by default. */
final class VirtualCluster implements SafetyChecker.Cluster {

    static final long MILLI = 1_000_000;
    static final int ELECTION_TICKS = 10;
    static final long TICK = 50 * MILLI;
    static final long TIMEOUT = ELECTION_TICKS * TICK;
    static final double DRIFT = 0.01;
    /** More than any run needs. */
    private static final long STORM = 1_000_000;

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    private final long seed;
    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<Long, VirtualNode> nodes = new TreeMap<>();
    private final Set<String> cuts = new HashSet<>();
    private final Set<ProposalId> proposed = new HashSet<>();
    private final SafetyChecker checker = new SafetyChecker(this);
    private long nowNanos;
    private long order;

    long latencyNanos = TIMEOUT / 100;
    double lossRate;
    double duplicateRate;
    double spread = 0.2;
    long syncNanos = MILLI / 5;
    long drainNanos = 5 * MILLI;
    long messages;
    long wipes;
    boolean losesDisks;

    VirtualCluster(long seed, int size) {
        this(seed, ClusterConfiguration.majority(1, pids(size)), Map.of());
    }

    VirtualCluster(long seed, ClusterConfiguration configuration, Map<Long, Integer> priorities) {
        this(seed, configuration, priorities, Elections.BY_BALLOT);
    }

    private VirtualCluster(
            long seed, ClusterConfiguration configuration, Map<Long, Integer> priorities, Elections elections) {
        this.seed = seed;
        this.random = new Random(seed);
        // Small enough for some logs to need several pieces, large enough for one command.
        int messageBytes = 900 << random.nextInt(11);
        for (long pid : configuration.nodes()) {
            ReplicaSettings template = new ReplicaSettings(
                    "test", pid, 1, configuration, ELECTION_TICKS, 5, 2, new LeaseTerms(TIMEOUT, DRIFT), messageBytes);
            double rate = 1 + (random.nextDouble() * 2 - 1) * DRIFT;
            nodes.put(pid, new VirtualNode(this, template, priorities.getOrDefault(pid, 0), rate, elections));
        }
    }

    /** Adds nodes that are no members, but want to be. */
    VirtualCluster withSpares(int count) {
        VirtualNode any = nodes.values().iterator().next();
        for (int i = 0; i < count; i++) {
            long pid = nodes.size() + 1L;
            double rate = 1 + (random.nextDouble() * 2 - 1) * DRIFT;
            nodes.put(pid, any.spare(pid, rate));
        }
        return this;
    }

    static VirtualCluster withElections(long seed, int size, Elections elections) {
        return new VirtualCluster(seed, ClusterConfiguration.majority(1, pids(size)), Map.of(), elections);
    }

    static VirtualCluster withQuorums(long seed, int size, int read, int write) {
        return new VirtualCluster(
                seed, new ClusterConfiguration(1, pids(size), new Quorums(size, read, write)), Map.of());
    }

    private static List<Long> pids(int size) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        return pids;
    }

    @Override
    public long seed() {
        return seed;
    }

    Random random() {
        return random;
    }

    SafetyChecker checker() {
        return checker;
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    long tickNanos() {
        return TICK;
    }

    long syncNanos() {
        return (long) (syncNanos * (0.5 + random.nextDouble()));
    }

    long drainNanos() {
        return drainNanos;
    }

    @Override
    public Collection<VirtualNode> nodes() {
        return nodes.values();
    }

    VirtualNode node(long pid) {
        VirtualNode node = nodes.get(pid);
        if (node == null) {
            throw new IllegalArgumentException("no node " + pid);
        }
        return node;
    }

    VirtualCluster startAll() {
        nodes.values().forEach(VirtualNode::start);
        return this;
    }

    // the network

    void cut(long from, long to) {
        cuts.add(from + ">" + to);
    }

    void cutBoth(long a, long b) {
        cut(a, b);
        cut(b, a);
    }

    void isolate(long pid) {
        nodes.keySet().stream().filter(other -> other != pid).forEach(other -> cutBoth(pid, other));
    }

    void heal() {
        cuts.clear();
    }

    void send(Envelope envelope) {
        messages++;
        if (messages > STORM) {
            throw new AssertionError("a storm of messages (seed " + seed + "), now " + envelope + describe());
        }
        deliver(envelope);
        if (random.nextDouble() < duplicateRate) {
            deliver(envelope);
        }
    }

    private void deliver(Envelope envelope) {
        if (random.nextDouble() < lossRate) {
            return;
        }
        long delay = (long) (latencyNanos * (1 - spread / 2 + spread * random.nextDouble()));
        after(delay, () -> {
            if (!cuts.contains(envelope.from() + ">" + envelope.to())) {
                node(envelope.to()).receive(envelope);
            }
        });
    }

    // work

    void propose(VirtualNode node) {
        String text = "command " + proposed.size();
        ProposalId id = node.propose(text.getBytes(StandardCharsets.UTF_8));
        proposed.add(id);
    }

    @Override
    public boolean wasProposed(ProposalId id) {
        return proposed.contains(id);
    }

    // time

    void after(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + Math.max(0, delayNanos), order++, action));
    }

    void run(long nanos) {
        long until = nowNanos + nanos;
        while (!events.isEmpty() && events.peek().at() <= until) {
            step();
        }
        nowNanos = until;
    }

    /** Runs until the condition holds, and says how long that took. */
    long runUntil(BooleanSupplier condition, long atMostNanos) {
        long start = nowNanos;
        while (!condition.getAsBoolean()) {
            if (nowNanos - start > atMostNanos || events.isEmpty()) {
                throw new AssertionError(
                        "not within " + atMostNanos / MILLI + " ms (seed " + seed + "): " + describe());
            }
            step();
        }
        return nowNanos - start;
    }

    /** Lets one thing happen. */
    void step() {
        Event event = events.poll();
        if (event == null) {
            throw new IllegalStateException("nothing to do");
        }
        nowNanos = event.at();
        event.action().run();
    }

    VirtualNode runUntilLeader(long atMostNanos) {
        runUntil(() -> leaders() == 1, atMostNanos);
        return leader();
    }

    long newestConfiguration() {
        return nodes.values().stream()
                .filter(VirtualNode::isUp)
                .mapToLong(node -> node.replica().status().configuration().id())
                .max()
                .orElse(1);
    }

    long leaders() {
        return nodes.values().stream().filter(VirtualNode::isLeader).count();
    }

    VirtualNode leader() {
        return nodes.values().stream().filter(VirtualNode::isLeader).findFirst().orElseThrow();
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        for (VirtualNode node : nodes.values()) {
            text.append("\n  node ").append(node.pid());
            if (node.isUp()) {
                text.append(" ").append(node.replica().status());
            } else {
                text.append(" down");
            }
            int from = Math.max(0, node.notices.size() - 6);
            text.append("\n    ").append(node.notices.subList(from, node.notices.size()));
        }
        return text.toString();
    }
}
