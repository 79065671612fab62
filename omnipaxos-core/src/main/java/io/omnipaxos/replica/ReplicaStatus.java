package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replica after its last step.
 *
 * @param promise the highest ballot promised
 * @param phase what it is in that ballot
 * @param leader the ballot of the known leader, possibly its own, null if there is none
 * @param fencingToken the known leader's token, 0 if there is none
 * @param acceptedIndex the last index of its log
 * @param decidedIndex the last index that it knows to be decided
 * @param peers what the election last heard, by pid
 */
public record ReplicaStatus(
        Ballot promise,
        Phase phase,
        @Nullable Ballot leader,
        long fencingToken,
        long acceptedIndex,
        long decidedIndex,
        Map<Long, Election.PeerView> peers) {

    /** What a node is in the ballot that it promised. */
    public enum Phase {
        RECOVERING,
        PROMISING,
        FOLLOWING,
        PREPARING,
        LEADING
    }
}
