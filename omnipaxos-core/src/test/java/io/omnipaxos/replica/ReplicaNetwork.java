package io.omnipaxos.replica;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.message.Envelope;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * Several replicas stepped by hand: a message arrives at once or, where a link is cut, not at all; time passes for all of
 * them tick by tick. With Ballot Leader Election, so that the highest pid leads at first.
 */
public final class ReplicaNetwork {

    /** Nothing takes longer without being stuck. */
    private static final int PATIENCE_TICKS = 12 * ReplicaFixture.ELECTION_TICKS;
    /** Many more messages than any story here needs before the next tick. */
    private static final int MAX_DELIVERIES = 20_000;

    private final Map<Long, ReplicaFixture> nodes = new TreeMap<>();
    private final Set<Long> down = new TreeSet<>();
    private final Set<List<Long>> cuts = new HashSet<>();
    private Predicate<Envelope> lost = envelope -> false;
    private Consumer<Envelope> watcher = envelope -> {};

    private ReplicaNetwork(ClusterConfiguration configuration, long... pids) {
        for (long pid : pids) {
            nodes.put(pid, ReplicaFixture.withBallotElection(pid, configuration));
        }
    }

    /** Nodes 1, 2, 3, … with majority quorums. */
    public static ReplicaNetwork of(int nodes) {
        return of(ReplicaFixture.configuration(Quorums.majority(nodes)));
    }

    /** The members of a configuration, and nodes that are no members yet. */
    public static ReplicaNetwork of(ClusterConfiguration configuration, long... spares) {
        long[] members =
                configuration.nodes().stream().mapToLong(Long::longValue).toArray();
        long[] pids =
                LongStream.concat(LongStream.of(members), LongStream.of(spares)).toArray();
        return new ReplicaNetwork(configuration, pids);
    }

    /** Before the start: how large a message may be. */
    public ReplicaNetwork withMessagesOf(int maxBytes) {
        nodes.values().forEach(node -> node.maxMessageBytes = maxBytes);
        return this;
    }

    /** Starts all nodes and waits for the first leader, and until its heartbeats told everybody that it leads. */
    public ReplicaNetwork start() {
        nodes.values().forEach(ReplicaFixture::start);
        deliver();
        untilLeader();
        ticks(ReplicaFixture.HEARTBEAT_TICKS);
        return this;
    }

    public ReplicaFixture node(long pid) {
        return nodes.get(pid);
    }

    // faults

    public void cut(long from, long to) {
        cuts.add(List.of(from, to));
    }

    public void cutBoth(long a, long b) {
        cut(a, b);
        cut(b, a);
    }

    public void isolate(long pid) {
        nodes.keySet().stream().filter(other -> other != pid).forEach(other -> cutBoth(pid, other));
    }

    /** Loses these messages, beside those on links that are cut. */
    public void lose(Predicate<Envelope> which) {
        lost = which;
    }

    /** Shows each message that is sent, whether it arrives or not. */
    public void watch(Consumer<Envelope> by) {
        watcher = by;
    }

    /** Mends all links. */
    public void heal() {
        cuts.clear();
        lost = envelope -> false;
    }

    public void stop(long... pids) {
        for (long pid : pids) {
            down.add(pid);
            nodes.get(pid).takeOutgoing();
        }
    }

    public void restart(long pid) {
        down.remove(pid);
        nodes.get(pid).restart();
        deliver();
    }

    /** Replaces the disk of a node, and starts it again. */
    public void wipe(long pid) {
        nodes.get(pid).wiped();
        restart(pid);
    }

    // work

    /** Proposes at a node, one command after the other. */
    public void propose(long pid, String... texts) {
        for (String text : texts) {
            nodes.get(pid).propose(text);
            deliver();
        }
    }

    public void reconfigure(ClusterConfiguration next) {
        leader().reconfigure(next);
        deliver();
    }

    // time

    /** Delivers what is under way, and all that follows from it. Who is asked to end its leadership does so at once. */
    public void deliver() {
        Queue<Envelope> underWay = new ArrayDeque<>();
        int deliveries = 0;
        collect(underWay);
        while (!underWay.isEmpty()) {
            assertThat(++deliveries).as("deliveries without an end").isLessThan(MAX_DELIVERIES);
            Envelope envelope = underWay.remove();
            watcher.accept(envelope);
            if (arrives(envelope)) {
                nodes.get(envelope.to()).receive(envelope);
            }
            collect(underWay);
        }
    }

    private boolean arrives(Envelope envelope) {
        return nodes.containsKey(envelope.to())
                && !down.contains(envelope.to())
                && !cuts.contains(List.of(envelope.from(), envelope.to()))
                && !lost.test(envelope);
    }

    private void collect(Queue<Envelope> underWay) {
        up().forEach(node -> {
            if (node.takeEnding()) {
                node.release();
            }
            underWay.addAll(node.takeOutgoing());
        });
    }

    public void ticks(int count) {
        for (int i = 0; i < count; i++) {
            up().forEach(ReplicaFixture::tick);
            deliver();
        }
    }

    /** Lets time pass until something has happened. */
    public void until(BooleanSupplier happened) {
        for (int i = 0; !happened.getAsBoolean(); i++) {
            assertThat(i).as(this::describe).isLessThan(PATIENCE_TICKS);
            ticks(1);
        }
    }

    public ReplicaFixture untilLeader() {
        until(() -> up().stream().filter(ReplicaFixture::isLeader).count() == 1);
        return leader();
    }

    // what can be seen

    public ReplicaFixture leader() {
        return up().stream().filter(ReplicaFixture::isLeader).findFirst().orElseThrow();
    }

    public List<ReplicaFixture> up() {
        return nodes.entrySet().stream()
                .filter(node -> !down.contains(node.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** That all nodes that are up know the same to be decided, all that they have accepted. */
    public void assertAllEqual() {
        List<String> contents = up().get(0).contents();
        for (ReplicaFixture node : up()) {
            assertThat(node.contents()).as(this::describe).isEqualTo(contents);
            assertThat(node.acceptedIndex()).as(this::describe).isEqualTo(contents.size());
        }
    }

    private String describe() {
        return nodes.entrySet().stream()
                .collect(toMap(Map.Entry::getKey, node -> node.getValue().status()))
                .toString();
    }
}
