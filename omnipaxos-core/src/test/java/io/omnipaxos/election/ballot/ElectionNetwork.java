package io.omnipaxos.election.ballot;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.Election.Standing;
import io.omnipaxos.message.ElectionMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

/** Elections alone, in lock-step rounds over links that deliver at once or not at all: no log, no lease, no clock. */
final class ElectionNetwork {

    private record Delivery(long from, long to, ElectionMessage message) {}

    private final ClusterConfiguration configuration;
    private final Map<Long, Integer> priorities;
    private final Map<Long, BallotLeaderElection> nodes = new TreeMap<>();
    private final Map<Long, Standing> standings = new HashMap<>();
    private final Set<List<Long>> cuts = new HashSet<>();
    private final List<Ballot> elected = new ArrayList<>();
    private long boots;
    int copies = 1;

    ElectionNetwork(ClusterConfiguration configuration, Map<Long, Integer> priorities) {
        this.configuration = configuration;
        this.priorities = priorities;
        configuration.nodes().forEach(pid -> start(pid, Ballot.NONE));
    }

    static ElectionNetwork of(long... pids) {
        return new ElectionNetwork(ClusterConfiguration.majority(1, asList(pids)), Map.of());
    }

    static ElectionNetwork withQuorums(int size, int read, int write) {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= size; pid++) {
            pids.add(pid);
        }
        return new ElectionNetwork(new ClusterConfiguration(1, pids, new Quorums(size, read, write)), Map.of());
    }

    private static Collection<Long> asList(long... pids) {
        List<Long> list = new ArrayList<>();
        for (long pid : pids) {
            list.add(pid);
        }
        return list;
    }

    BallotLeaderElection node(long pid) {
        return nodes.get(pid);
    }

    /** Every ballot that was handed over to be prepared, in order. */
    List<Ballot> elected() {
        return elected;
    }

    void start(long pid, Ballot promise) {
        boots++;
        int priority = priorities.getOrDefault(pid, 0);
        nodes.put(pid, new BallotLeaderElection(pid, boots, configuration, priority, 1, promise));
    }

    void stop(long pid) {
        nodes.remove(pid);
    }

    void stand(long pid, Standing standing) {
        standings.put(pid, standing);
    }

    void cut(long a, long b) {
        cuts.add(List.of(a, b));
        cuts.add(List.of(b, a));
    }

    /** Leaves only the links of this node. */
    void cutAllBut(long hub) {
        List<Long> pids = configuration.nodes();
        pids.stream()
                .filter(a -> a != hub)
                .forEach(
                        a -> pids.stream().filter(b -> b != hub && !b.equals(a)).forEach(b -> cut(a, b)));
    }

    void isolate(long pid) {
        configuration.peersOf(pid).forEach(peer -> cut(pid, peer));
    }

    void heal() {
        cuts.clear();
    }

    /** In each round all requests and replies of the round before are delivered, then every node ends its round. */
    void rounds(int count) {
        for (int i = 0; i < count; i++) {
            deliverAll();
            nodes.forEach((pid, election) -> {
                Ballot ballot = election.tick(standings.getOrDefault(pid, Standing.FREE));
                if (ballot != null) {
                    elected.add(ballot);
                }
            });
        }
    }

    private void deliverAll() {
        Queue<Delivery> underWay = new ArrayDeque<>();
        nodes.forEach((pid, election) -> collect(pid, election, underWay));
        while (!underWay.isEmpty()) {
            Delivery delivery = underWay.remove();
            BallotLeaderElection receiver = nodes.get(delivery.to());
            if (receiver != null && !cuts.contains(List.of(delivery.from(), delivery.to()))) {
                receiver.handle(delivery.from(), delivery.message());
                collect(delivery.to(), receiver, underWay);
            }
        }
    }

    private void collect(long from, Election election, Queue<Delivery> underWay) {
        for (Election.Outgoing outgoing : election.drainOutgoing()) {
            for (int copy = 0; copy < copies; copy++) {
                underWay.add(new Delivery(from, outgoing.to(), outgoing.message()));
            }
        }
    }
}
