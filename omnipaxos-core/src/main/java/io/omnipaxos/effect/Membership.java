package io.omnipaxos.effect;

import io.omnipaxos.cluster.ClusterConfiguration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a node durably knows of the configuration in force.
 *
 * @param configuration the newest configuration of which this node knows that it is decided
 * @param eligible whether this storage may take part in its decisions: none of its members knows this node with another
 *     storage
 * @param identities the storage with which each member takes part: as the configuration says, otherwise the one with which
 *     another first introduced itself in it
 */
public record Membership(ClusterConfiguration configuration, boolean eligible, SortedMap<Long, UUID> identities) {

    public Membership {
        identities = Collections.unmodifiableSortedMap(new TreeMap<>(identities));
    }

    /** The beginning of a configuration. */
    public static Membership in(ClusterConfiguration configuration) {
        return new Membership(configuration, false, configuration.storages());
    }

    /** This membership, of a storage that may take part. */
    public Membership asEligible() {
        return new Membership(configuration, true, identities);
    }

    /** This membership, knowing one more member's storage. */
    public Membership knowing(long pid, UUID identity) {
        TreeMap<Long, UUID> known = new TreeMap<>(identities);
        known.put(pid, identity);
        return new Membership(configuration, eligible, known);
    }
}
