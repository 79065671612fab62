package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.transport.MessageCounts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as it sees itself and its peers, at one moment.
 *
 * @param state whether the node runs
 * @param failure why it is {@link State#FAILED}, in words; otherwise null
 * @param isLeader what the lease answered at this moment
 * @param leader the known leader, null if there is none
 * @param promise the highest ballot promised, {@link Ballot#NONE} if none
 * @param fencingToken of this node's leadership, null while it does not lead
 * @param leaseRemaining null while it does not lead
 * @param leaderless for how long no leader has been known; null while one is
 * @param everLed whether any leader was known since the start
 * @param configuration in force, as far as this node knows
 * @param withoutVote why this node takes no part in decisions, in words; null while it does
 * @param compactedIndex the last index that is no longer stored as an entry
 * @param snapshots of this node's own state; none once the node has stopped
 * @param messages since the start
 * @param changeCount how many changes of leader were seen here since the start
 * @param changes the last of them, the newest last
 * @param events the last events of all kinds, changes of leader among them, the newest last
 */
public record NodeStatus(
        long pid,
        String clusterId,
        State state,
        @Nullable String failure,
        Role role,
        Phase phase,
        boolean isLeader,
        @Nullable Leader leader,
        Ballot promise,
        @Nullable Long fencingToken,
        @Nullable Duration leaseRemaining,
        @Nullable Duration leaderless,
        boolean everLed,
        String election,
        ClusterConfiguration configuration,
        @Nullable String withoutVote,
        long acceptedIndex,
        long decidedIndex,
        long compactedIndex,
        SnapshotStatus snapshots,
        MessageCounts messages,
        List<PeerStatus> peers,
        long changeCount,
        List<LeaderChange> changes,
        List<NodeEvent> events) {

    /** The life of a node. */
    public enum State {
        /** Made, not started. */
        NEW,
        /** Answers peers. */
        RUNNING,
        /** Stopped in order. */
        STOPPED,
        /** Stopped itself because it could not go on safely. */
        FAILED
    }

    /** What a node is in its present ballot. */
    public enum Role {
        LEADER,
        FOLLOWER
    }

    /** How far a node is in its present ballot. */
    public enum Phase {
        /** No ballot yet. */
        NONE,
        /** Collecting or giving promises. */
        PREPARE,
        /** In step. */
        ACCEPT,
        /** Asking a leader to be prepared anew. */
        RECOVER
    }

    /**
     * A peer, as seen from here.
     *
     * @param reachable whether the last attempt to reach it succeeded
     * @param lastContact time since it was last heard, null if never
     * @param roundTrip of the last answered request, null if none
     * @param happy what it last said of its leader, null if nothing
     * @param leader the ballot that it last said to follow, null if nothing
     * @param error why the last attempt to reach it failed, null if it succeeded
     */
    public record PeerStatus(
            long pid,
            boolean reachable,
            @Nullable Duration lastContact,
            @Nullable Duration roundTrip,
            @Nullable Boolean happy,
            @Nullable Ballot leader,
            @Nullable String error) {}
}
