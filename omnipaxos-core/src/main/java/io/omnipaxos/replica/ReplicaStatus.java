package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.election.Election;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replica after its last step.
 *
 * @param configuration in force, as far as this node knows
 * @param eligible whether this node takes part in its decisions
 * @param promise the highest ballot promised
 * @param phase what it is in that ballot
 * @param leader the ballot of the known leader, possibly its own, null if there is none
 * @param fencingToken the known leader's token, 0 if there is none
 * @param acceptedIndex the last index of its log
 * @param decidedIndex the last index that it knows to be decided
 * @param compactedIndex the last index that is no longer stored as an entry
 * @param peers what the election last heard, by pid
 */
public record ReplicaStatus(
        ClusterConfiguration configuration,
        boolean eligible,
        Ballot promise,
        Phase phase,
        @Nullable Ballot leader,
        long fencingToken,
        long acceptedIndex,
        long decidedIndex,
        long compactedIndex,
        Map<Long, Election.PeerView> peers) {

    /** What a node is in the ballot that it promised. */
    public enum Phase {
        /** Takes no part in decisions, and learns of them. */
        LEARNING,
        RECOVERING,
        PROMISING,
        FOLLOWING,
        PREPARING,
        LEADING
    }
}
