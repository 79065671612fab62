package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.election.Election;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.node.NodeStatus.PeerStatus;
import io.omnipaxos.node.NodeStatus.Phase;
import io.omnipaxos.node.NodeStatus.Role;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.replica.ReplicaStatus;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of a node into one answer. */
final class NodeStatusReport {

    private NodeStatusReport() {}

    static NodeStatus of(
            NodeSettings settings,
            State state,
            @Nullable String failure,
            Host host,
            NodeView view,
            NodeLeadership leadership,
            SnapshotStatus snapshots,
            Transport transport) {
        ReplicaStatus replica = view.status();
        Lease lease = leadership.admissions().usableLease();
        Leader leader = leadership.leader().orElse(null);
        ClusterConfiguration configuration = view.configuration(settings);
        return new NodeStatus(
                settings.pid(),
                settings.clusterId(),
                state,
                failure,
                lease != null ? Role.LEADER : Role.FOLLOWER,
                replica == null ? Phase.NONE : phase(replica),
                lease != null,
                leader,
                replica == null ? Ballot.NONE : replica.promise(),
                lease == null ? null : lease.fencingToken(),
                lease == null ? null : Duration.ofNanos(lease.remainingNanos(host.now())),
                leader == null ? view.leaderless() : null,
                view.everLed(),
                "ballot",
                configuration,
                withoutVote(settings.pid(), configuration, replica, view),
                replica == null ? 0 : replica.acceptedIndex(),
                replica == null ? 0 : replica.decidedIndex(),
                replica == null ? 0 : replica.compactedIndex(),
                snapshots,
                transport.messages(),
                peers(configuration.peersOf(settings.pid()), replica, transport.connections()),
                view.changeCount(),
                view.changes(),
                view.events());
    }

    private static @Nullable String withoutVote(
            long pid, ClusterConfiguration configuration, @Nullable ReplicaStatus replica, NodeView view) {
        Notice.Eligibility found = view.eligibility();
        if (!configuration.contains(pid)) {
            return "node " + pid + " is no member of configuration " + configuration.id() + ", whose nodes are "
                    + configuration.nodes();
        }
        if (replica == null || replica.eligible()) {
            return null;
        }
        return found != null && !found.eligible()
                ? found.reason()
                : "this node introduces its storage to the others, and waits for the answers of a read quorum";
    }

    private static Phase phase(ReplicaStatus replica) {
        return switch (replica.phase()) {
            case LEARNING -> Phase.NONE;
            case RECOVERING -> replica.promise().isNone() ? Phase.NONE : Phase.RECOVER;
            case PROMISING, PREPARING -> Phase.PREPARE;
            case FOLLOWING, LEADING -> Phase.ACCEPT;
        };
    }

    private static List<PeerStatus> peers(
            List<Long> pids, @Nullable ReplicaStatus replica, Map<Long, PeerConnection> connections) {
        return pids.stream()
                .map(pid -> peer(
                        pid,
                        connections.getOrDefault(pid, PeerConnection.UNTRIED),
                        replica == null ? null : replica.peers().get(pid)))
                .toList();
    }

    private static PeerStatus peer(long pid, PeerConnection connection, Election.@Nullable PeerView heard) {
        return new PeerStatus(
                pid,
                connection.reachable(),
                connection.lastContact(),
                connection.roundTrip(),
                heard == null ? null : heard.happy(),
                heard == null ? null : heard.leader(),
                connection.error());
    }
}
