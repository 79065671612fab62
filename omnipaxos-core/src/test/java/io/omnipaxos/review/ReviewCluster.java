package io.omnipaxos.review;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Real nodes in one process, on a network that drops what a test says. */
final class ReviewCluster implements AutoCloseable {

    final Map<Long, OmniPaxosNode> nodes = new TreeMap<>();
    final Map<Long, BlockingQueue<String>> events = new TreeMap<>();
    volatile Predicate<Envelope> dropped = envelope -> false;
    private final Map<Long, Transport.Receiver> receivers = new ConcurrentHashMap<>();

    private ReviewCluster() {}

    ReviewCluster(int size) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        ClusterConfiguration configuration = ClusterConfiguration.majority(1, pids);
        pids.forEach(pid -> add(settings(pid, configuration), new MemoryStorage(), StateMachine.NONE));
    }

    static ReviewCluster ofOne(Storage storage, StateMachine stateMachine) {
        ReviewCluster cluster = new ReviewCluster();
        cluster.add(settings(1, ClusterConfiguration.majority(1, List.of(1L))), storage, stateMachine);
        return cluster;
    }

    private void add(NodeSettings settings, Storage storage, StateMachine stateMachine) {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        LeadershipListener listener = new LeadershipListener() {
            @Override
            public void elected(Tenure tenure) {
                told.add("elected " + tenure.fencingToken());
            }

            @Override
            public void revoked(Tenure tenure, String reason) {
                told.add("revoked " + tenure.fencingToken());
            }
        };
        OmniPaxosNode node =
                new OmniPaxosNode(settings, () -> storage, new Link(settings.pid()), stateMachine, listener);
        nodes.put(settings.pid(), node);
        events.put(settings.pid(), told);
        node.start();
        node.stand();
    }

    static NodeSettings settings(long pid, ClusterConfiguration configuration) {
        return new NodeSettings(
                "review",
                pid,
                configuration,
                0,
                Duration.ofMillis(20),
                10,
                5,
                Duration.ofMillis(200),
                0.01,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                1 << 20);
    }

    OmniPaxosNode node(long pid) {
        OmniPaxosNode node = nodes.get(pid);
        if (node == null) {
            throw new IllegalArgumentException("no node " + pid);
        }
        return node;
    }

    BlockingQueue<String> eventsOf(long pid) {
        BlockingQueue<String> told = events.get(pid);
        if (told == null) {
            throw new IllegalArgumentException("no node " + pid);
        }
        return told;
    }

    long awaitLeader() throws InterruptedException {
        await(() -> leaders() == 1, "no leader");
        return nodes.values().stream()
                .filter(node -> node.leadership().isLeader())
                .findFirst()
                .orElseThrow()
                .settings()
                .pid();
    }

    long awaitLeaderOtherThan(long pid) throws InterruptedException {
        await(
                () -> nodes.values().stream()
                        .anyMatch(node -> node.settings().pid() != pid
                                && node.leadership().isLeader()),
                "nobody else leads");
        return nodes.values().stream()
                .filter(node ->
                        node.settings().pid() != pid && node.leadership().isLeader())
                .findFirst()
                .orElseThrow()
                .settings()
                .pid();
    }

    void awaitFollows(long pid, long leader) throws InterruptedException {
        await(
                () -> node(pid).leadership().leader().map(Leader::pid).orElse(0L) == leader,
                "node " + pid + " does not follow " + leader);
    }

    private long leaders() {
        return nodes.values().stream()
                .filter(node -> node.leadership().isLeader())
                .count();
    }

    static void await(BooleanSupplier condition, String failure) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(failure);
            }
            Thread.sleep(2);
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(OmniPaxosNode::close);
    }

    private final class Link implements Transport {
        private final long pid;

        Link(long pid) {
            this.pid = pid;
        }

        @Override
        public void start(Receiver receiver) {
            receivers.put(pid, receiver);
        }

        @Override
        public void send(List<Envelope> envelopes) {
            for (Envelope envelope : envelopes) {
                Receiver receiver = receivers.get(envelope.to());
                if (receiver != null && !dropped.test(envelope)) {
                    receiver.received(envelope);
                }
            }
        }

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {
            receivers.remove(pid);
        }
    }
}
