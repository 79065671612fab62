package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Real nodes with real threads and clocks in one process. Waits are for events, never for time. */
final class NodeCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final InMemoryNetwork network = new InMemoryNetwork();
    private final Map<Long, OmniPaxosNode> nodes = new TreeMap<>();
    private final Map<Long, Recorder> recorders = new TreeMap<>();

    private NodeCluster() {}

    NodeCluster(int size) {
        this(size, settings -> settings);
    }

    NodeCluster(int size, UnaryOperator<NodeSettings> changed) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        ClusterConfiguration configuration = ClusterConfiguration.majority(1, pids);
        for (long pid : pids) {
            Recorder recorder = new Recorder();
            start(changed.apply(settings(pid, configuration)), new MemoryStorage(), recorder, recorder);
        }
    }

    /** A node alone that writes to this storage and applies to this state machine. */
    static NodeCluster ofOne(Storage storage, StateMachine stateMachine) {
        return ofOne(settingsOfOne(), storage, stateMachine);
    }

    static NodeCluster ofOne(NodeSettings settings, Storage storage, StateMachine stateMachine) {
        NodeCluster cluster = new NodeCluster();
        cluster.start(settings, storage, stateMachine, new Recorder());
        return cluster;
    }

    private void start(NodeSettings settings, Storage storage, StateMachine stateMachine, Recorder recorder) {
        OmniPaxosNode node =
                new OmniPaxosNode(settings, () -> storage, network.transportOf(settings.pid()), stateMachine, recorder);
        nodes.put(settings.pid(), node);
        recorders.put(settings.pid(), recorder);
        node.start();
        node.stand();
    }

    static NodeSettings settingsOfOne() {
        return unhurried(settings(1, ClusterConfiguration.majority(1, List.of(1L))));
    }

    /** With a lease that no pause of the machine costs, for tests in which nobody has to be missed. */
    static NodeSettings unhurried(NodeSettings settings) {
        return settings.toBuilder()
                .ticks(Duration.ofMillis(50), 100, 5)
                .lease(Duration.ofSeconds(5), 0.01)
                .build();
    }

    static NodeSettings settings(long pid, ClusterConfiguration configuration) {
        return NodeSettings.defaults("test", pid, configuration).toBuilder()
                .ticks(Duration.ofMillis(50), 20, 5)
                .lease(Duration.ofSeconds(1), 0.01)
                // No work of a test is to be interrupted on a machine that is slow.
                .drainTimeout(PATIENCE.multipliedBy(3))
                .build();
    }

    /** The settings, but for when snapshots are taken. */
    static NodeSettings withSnapshots(NodeSettings settings, long entries, long bytes) {
        return settings.toBuilder()
                // Whoever waits for a snapshot waits for it, and not for the end of an append.
                .appendTimeout(PATIENCE.multipliedBy(3))
                .snapshots(entries, bytes)
                .build();
    }

    OmniPaxosNode node(long pid) {
        return of(nodes, pid);
    }

    Recorder recorder(long pid) {
        return of(recorders, pid);
    }

    private static <T> T of(Map<Long, T> all, long pid) {
        T one = all.get(pid);
        if (one == null) {
            throw new IllegalArgumentException("no node " + pid);
        }
        return one;
    }

    /** The nodes that lead now. */
    List<Long> leaders() {
        return nodes.keySet().stream()
                .filter(pid -> node(pid).leadership().isLeader())
                .toList();
    }

    /** Asks whoever leads, and again as long as the successor cannot take over yet. */
    void transfer(long to) {
        await(
                () -> {
                    if (node(to).leadership().isLeader()) {
                        return true;
                    }
                    leaders()
                            .forEach(leader ->
                                    node(leader).leadership().transferTo(to).join());
                    return false;
                },
                "node " + to + " is given nothing");
    }

    /** Takes no event away from a test that waits for it next. */
    long awaitLeader() {
        AtomicLong found = new AtomicLong();
        await(
                () -> {
                    leaders().stream().findFirst().ifPresent(found::set);
                    return found.get() != 0;
                },
                () -> "no leader: "
                        + nodes.values().stream().map(OmniPaxosNode::status).toList());
        return found.get();
    }

    void awaitFollows(long pid, long leader) {
        await(
                () -> node(pid).leadership().leader().map(Leader::pid).orElse(0L) == leader,
                () -> "node " + pid + " does not follow " + leader);
    }

    static void await(BooleanSupplier condition, String failure) {
        await(condition, () -> failure);
    }

    private static void await(BooleanSupplier condition, Supplier<String> failure) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(failure.get());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(OmniPaxosNode::close);
    }

    /** Notes everything a node tells its application. */
    static final class Recorder implements LeadershipListener, StateMachine {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final List<String> applied = new ArrayList<>();
        private volatile Runnable whenElected = () -> {};
        private volatile Runnable whenRevoked = () -> {};

        /** What the application does from its next election on, within the callback. */
        void whenElected(Runnable callback) {
            whenElected = callback;
        }

        /** What the application does when it is told from now on that it leads no more, within the callback. */
        void whenRevoked(Runnable callback) {
            whenRevoked = callback;
        }

        @Override
        public void elected(Tenure tenure) {
            events.add("elected " + tenure.fencingToken());
            whenElected.run();
        }

        @Override
        public void revoked(Tenure tenure, String reason) {
            events.add("revoked " + tenure.fencingToken());
            whenRevoked.run();
        }

        @Override
        public void changed(LeaderChange change) {
            events.add("changed "
                    + (change.leader() == null ? "none" : change.leader().pid()));
        }

        @Override
        public synchronized byte[] apply(long index, Command command) {
            applied.add(new String(command.payload(), StandardCharsets.UTF_8));
            return ("applied " + index).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public synchronized Snapshot snapshot() {
            List<String> fixed = applied();
            return target -> {
                DataOutputStream out = new DataOutputStream(target);
                out.writeInt(fixed.size());
                for (String text : fixed) {
                    out.writeUTF(text);
                }
            };
        }

        @Override
        public synchronized void restore(InputStream source) throws IOException {
            applied.clear();
            DataInputStream in = new DataInputStream(source);
            for (int left = in.readInt(); left > 0; left--) {
                applied.add(in.readUTF());
            }
        }

        synchronized List<String> applied() {
            return List.copyOf(applied);
        }

        String await(Predicate<String> event) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline) {
                String next = events.poll(100, TimeUnit.MILLISECONDS);
                if (next != null && event.test(next)) {
                    return next;
                }
            }
            throw new AssertionError("the expected event did not come");
        }
    }
}
