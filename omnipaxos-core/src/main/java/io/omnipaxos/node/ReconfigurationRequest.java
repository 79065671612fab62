package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the next configuration is to be.
 *
 * @param nodes the pids of all its members, those that stay included; at least one
 * @param quorums their quorums, null for majorities
 * @param addresses where members are reached, by pid; needed for those that the leader does not know yet
 * @param configurationId the configuration that this was decided upon, so that a request that comes too late changes
 *     nothing; 0 if it holds for whatever configuration there is
 */
public record ReconfigurationRequest(
        SortedSet<Long> nodes, @Nullable Quorums quorums, SortedMap<Long, String> addresses, long configurationId) {

    public ReconfigurationRequest {
        nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
    }

    /**
     * The configuration that follows on the present one.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    ClusterConfiguration after(ClusterConfiguration present) {
        TreeMap<Long, String> known = new TreeMap<>(present.addresses());
        known.putAll(addresses);
        if (!nodes.containsAll(addresses.keySet())) {
            throw new IllegalArgumentException(
                    "addresses are given for " + addresses.keySet() + ", but the nodes are to be " + nodes);
        }
        known.keySet().retainAll(nodes);
        Quorums wanted = quorums == null ? Quorums.majority(nodes.size()) : quorums;
        return new ClusterConfiguration(present.id() + 1, List.copyOf(nodes), wanted, known);
    }
}
