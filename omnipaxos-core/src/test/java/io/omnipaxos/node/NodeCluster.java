package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Real nodes with real threads and clocks in one process. Waits are for events, never for time. */
final class NodeCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final InMemoryNetwork network = new InMemoryNetwork();
    final Map<Long, OmniPaxosNode> nodes = new TreeMap<>();
    final Map<Long, Recorder> recorders = new TreeMap<>();
    private final ClusterConfiguration configuration;

    NodeCluster(int size) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        configuration = ClusterConfiguration.majority(1, pids);
        pids.forEach(pid -> start(pid, new MemoryStorage()));
    }

    OmniPaxosNode start(long pid, Storage storage) {
        Recorder recorder = new Recorder();
        OmniPaxosNode node =
                new OmniPaxosNode(settings(pid), () -> storage, network.transportOf(pid), recorder, recorder);
        nodes.put(pid, node);
        recorders.put(pid, recorder);
        node.start();
        node.stand();
        return node;
    }

    NodeSettings settings(long pid) {
        return new NodeSettings(
                "test",
                pid,
                configuration,
                0,
                Duration.ofMillis(50),
                20,
                5,
                Duration.ofSeconds(1),
                0.01,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1 << 20);
    }

    /** The recorder of the node that is told first that it leads. */
    long awaitElected() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            for (Map.Entry<Long, OmniPaxosNode> entry : nodes.entrySet()) {
                if (entry.getValue().leadership().isLeader()) {
                    return entry.getKey();
                }
            }
            // Not by taking an event: the test may wait for that one next.
            TimeUnit.MILLISECONDS.sleep(2);
        }
        throw new AssertionError("no leader: "
                + nodes.values().stream().map(OmniPaxosNode::status).toList());
    }

    @Override
    public void close() {
        nodes.values().forEach(OmniPaxosNode::close);
    }

    /** Notes everything a node tells its application. */
    static final class Recorder implements LeadershipListener, StateMachine {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final List<String> applied = new ArrayList<>();

        @Override
        public void elected(Tenure tenure) {
            events.add("elected " + tenure.fencingToken());
        }

        @Override
        public void revoked(Tenure tenure, String reason) {
            events.add("revoked " + tenure.fencingToken());
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
