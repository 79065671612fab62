package io.omnipaxos.spring.actuate;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.node.NodeEvent;
import io.omnipaxos.node.NodeEvent.Kind;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.PeerStatus;
import io.omnipaxos.node.NodeStatus.Phase;
import io.omnipaxos.node.NodeStatus.Role;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.node.SnapshotStatus;
import io.omnipaxos.transport.MessageCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** States of node 1 of three. */
final class TestStatus {

    private static final Ballot BALLOT = new Ballot(1, 3, 0, 1);
    private static final ClusterConfiguration CONFIGURATION = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L));

    private TestStatus() {}

    static NodeStatus leading() {
        Leader leader = new Leader(1, BALLOT);
        return new NodeStatus(
                1,
                "omnipaxos",
                State.RUNNING,
                null,
                Role.LEADER,
                Phase.ACCEPT,
                true,
                leader,
                BALLOT,
                42L,
                Duration.ofNanos(410_000_001),
                null,
                true,
                "ballot",
                CONFIGURATION,
                null,
                43,
                42,
                7,
                new SnapshotStatus(7, 512, 3, 1, null),
                new MessageCounts(100, 90, 4),
                List.of(
                        new PeerStatus(2, true, Duration.ofMillis(20), Duration.ofMillis(1), true, BALLOT, null),
                        new PeerStatus(3, false, null, null, null, null, "connection refused")),
                2,
                List.of(
                        new LeaderChange(Instant.parse("2026-01-01T00:00:00Z"), null, "the lease ended"),
                        new LeaderChange(Instant.parse("2026-01-01T00:00:01Z"), leader, "elected")),
                List.of(new NodeEvent(Instant.parse("2026-01-01T00:00:01Z"), Kind.LEADER, "elected")));
    }

    static NodeStatus following(long leader) {
        return following(leader, CONFIGURATION);
    }

    static NodeStatus following(long leader, ClusterConfiguration configuration) {
        return with(State.RUNNING, null, new Leader(leader, new Ballot(1, 3, 0, leader)), null, true, configuration);
    }

    /** A configuration in which this node is no member. */
    static ClusterConfiguration without1(long id) {
        return ClusterConfiguration.majority(id, List.of(2L, 3L, 4L));
    }

    static NodeStatus leaderless(Duration leaderless, boolean everLed) {
        return with(State.RUNNING, null, null, leaderless, everLed);
    }

    static NodeStatus in(State state, String failure) {
        return with(state, failure, null, Duration.ZERO, false);
    }

    private static NodeStatus with(State state, String failure, Leader leader, Duration leaderless, boolean everLed) {
        return with(state, failure, leader, leaderless, everLed, CONFIGURATION);
    }

    private static NodeStatus with(
            State state,
            String failure,
            Leader leader,
            Duration leaderless,
            boolean everLed,
            ClusterConfiguration configuration) {
        return new NodeStatus(
                1,
                "omnipaxos",
                state,
                failure,
                Role.FOLLOWER,
                Phase.NONE,
                false,
                leader,
                Ballot.NONE,
                null,
                null,
                leaderless,
                everLed,
                "ballot",
                configuration,
                null,
                0,
                0,
                0,
                SnapshotStatus.NONE,
                MessageCounts.NONE,
                List.of(
                        new PeerStatus(2, false, null, null, null, null, "connection refused"),
                        new PeerStatus(3, false, null, null, null, null, "connection refused")),
                0,
                List.of(),
                List.of());
    }
}
