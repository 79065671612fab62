package io.omnipaxos.cluster;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The members of the cluster and their quorums, under a number that rises with each reconfiguration.
 *
 * @param id positive, rises with each reconfiguration
 * @param nodes the pids of all members, positive, in ascending order without repeats
 * @param quorums the quorums over exactly these nodes
 * @param addresses where members are reached, by pid, as far as the configuration itself says it; in ascending order
 * @param storages the names of the storages with which members take part, by pid, as far as they were known when the
 *     configuration was made; a member that has another one has forgotten what it promised, and takes no part
 */
public record ClusterConfiguration(
        long id, List<Long> nodes, Quorums quorums, SortedMap<Long, String> addresses, SortedMap<Long, UUID> storages) {

    public ClusterConfiguration {
        if (id < 1) {
            throw new IllegalArgumentException("a configuration id is positive, not " + id);
        }
        nodes = nodes.stream().sorted().toList();
        if (nodes.stream().distinct().count() != nodes.size()) {
            throw new IllegalArgumentException("a node is named twice in " + nodes);
        }
        if (nodes.stream().anyMatch(pid -> pid < 1)) {
            throw new IllegalArgumentException("pids are positive, but the nodes are " + nodes);
        }
        if (quorums.nodes() != nodes.size()) {
            throw new IllegalArgumentException(
                    "the quorums are made for " + quorums.nodes() + " nodes, the configuration has " + nodes.size());
        }
        if (!nodes.containsAll(addresses.keySet())) {
            throw new IllegalArgumentException(
                    "addresses are given for " + addresses.keySet() + ", but the nodes are " + nodes);
        }
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        storages = Collections.unmodifiableSortedMap(new TreeMap<>(storages));
    }

    /** A configuration that says nothing about storages. */
    public ClusterConfiguration(long id, List<Long> nodes, Quorums quorums, SortedMap<Long, String> addresses) {
        this(id, nodes, quorums, addresses, Collections.emptySortedMap());
    }

    /** A configuration that says nothing about addresses. */
    public ClusterConfiguration(long id, List<Long> nodes, Quorums quorums) {
        this(id, nodes, quorums, Collections.emptySortedMap(), Collections.emptySortedMap());
    }

    /** A configuration with majority quorums. */
    public static ClusterConfiguration majority(long id, Collection<Long> nodes) {
        return new ClusterConfiguration(id, List.copyOf(nodes), Quorums.majority(nodes.size()));
    }

    /** This configuration, with the storages of its members. */
    public ClusterConfiguration with(SortedMap<Long, UUID> knownStorages) {
        return new ClusterConfiguration(id, nodes, quorums, addresses, knownStorages);
    }

    /** This configuration, with other addresses of its members. */
    public ClusterConfiguration withAddresses(SortedMap<Long, String> knownAddresses) {
        return new ClusterConfiguration(id, nodes, quorums, knownAddresses, storages);
    }

    public boolean contains(long pid) {
        return nodes.contains(pid);
    }

    /** All members but the given one, in ascending order. */
    public List<Long> peersOf(long pid) {
        return nodes.stream().filter(node -> node != pid).toList();
    }
}
