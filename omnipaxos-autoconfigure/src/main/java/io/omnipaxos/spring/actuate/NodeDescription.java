package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.node.NodeEvent;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.PeerUrls;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as the endpoint shows it.
 *
 * @param isLeader what the lease answered at this moment
 * @param leader null if there is none
 * @param fencingToken null while this node does not lead
 * @param leaseRemaining in ISO 8601, null while this node does not lead
 * @param withoutVote why this node takes no part in decisions, null while it does
 * @param changes the last changes of leader, the newest last
 * @param events the last events of all kinds, the newest last
 */
@Description
public record NodeDescription(
        long pid,
        String clusterId,
        String role,
        String phase,
        boolean isLeader,
        @Nullable LeaderDescription leader,
        @Nullable BallotDescription promise,
        @Nullable Long fencingToken,
        @Nullable String leaseRemaining,
        String election,
        ConfigurationDescription configuration,
        @Nullable String withoutVote,
        LogDescription log,
        List<PeerDescription> peers,
        List<ChangeDescription> changes,
        List<EventDescription> events) {

    /**
     * The leader.
     *
     * @param url where clients reach it, null if that is not known
     */
    @Description
    public record LeaderDescription(
            long pid, @Nullable String url, @Nullable BallotDescription ballot) {

        static @Nullable LeaderDescription of(@Nullable Leader leader, AdvertisedUrls urls) {
            if (leader == null) {
                return null;
            }
            URI url = urls.of(leader.pid());
            return new LeaderDescription(
                    leader.pid(), url == null ? null : url.toString(), BallotDescription.of(leader.ballot()));
        }
    }

    /** The members and their quorums. */
    @Description
    public record ConfigurationDescription(long id, List<Long> nodes, int readQuorumSize, int writeQuorumSize) {

        static ConfigurationDescription of(ClusterConfiguration configuration) {
            return new ConfigurationDescription(
                    configuration.id(),
                    configuration.nodes(),
                    configuration.quorums().read(),
                    configuration.quorums().write());
        }
    }

    /** How far the log goes. */
    @Description
    public record LogDescription(long acceptedIndex, long decidedIndex, long compactedIndex) {}

    /**
     * A change of leader.
     *
     * @param at on this machine's wall clock, in ISO 8601
     * @param leader the pid of the new leader, null if there was none
     */
    @Description
    public record ChangeDescription(
            String at, @Nullable Long leader, @Nullable BallotDescription ballot, String reason) {

        static ChangeDescription of(LeaderChange change) {
            Leader leader = change.leader();
            return new ChangeDescription(
                    change.at().toString(),
                    leader == null ? null : leader.pid(),
                    leader == null ? null : BallotDescription.of(leader.ballot()),
                    change.reason());
        }
    }

    /**
     * Something that happened to the node.
     *
     * @param at on this machine's wall clock, in ISO 8601
     * @param kind LEADER, HANDOVER, CONFIGURATION, ELIGIBILITY, SNAPSHOT_FAILURE or FAILURE
     */
    @Description
    public record EventDescription(String at, String kind, String reason) {

        static EventDescription of(NodeEvent event) {
            return new EventDescription(event.at().toString(), event.kind().name(), event.reason());
        }
    }

    static NodeDescription of(NodeStatus status, PeerUrls peers, AdvertisedUrls urls) {
        return new NodeDescription(
                status.pid(),
                status.clusterId(),
                status.role().name(),
                status.phase().name(),
                status.isLeader(),
                LeaderDescription.of(status.leader(), urls),
                BallotDescription.of(status.promise()),
                status.fencingToken(),
                text(status.leaseRemaining()),
                status.election(),
                ConfigurationDescription.of(status.configuration()),
                status.withoutVote(),
                new LogDescription(status.acceptedIndex(), status.decidedIndex(), status.compactedIndex()),
                status.peers().stream()
                        .map(peer -> PeerDescription.of(peer, peers.of(peer.pid())))
                        .toList(),
                status.changes().stream().map(ChangeDescription::of).toList(),
                status.events().stream().map(EventDescription::of).toList());
    }

    /** No clock here is worth more than milliseconds to a reader. */
    static @Nullable String text(@Nullable Duration duration) {
        return duration == null ? null : duration.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
