package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import java.time.Duration;

/**
 * How a node runs. See {@link #defaults} for the usual values.
 *
 * @param clusterId messages of another cluster are refused
 * @param pid this node, a member of the configuration
 * @param configuration the members and their quorums
 * @param priority tie-break between candidates; the higher wins
 * @param tickInterval period of the loop's clock, positive
 * @param electionTicks ticks in one heartbeat round, the election timeout; positive
 * @param resendTicks ticks after which unanswered messages are sent again; positive
 * @param leaseDuration what followers grant; at most the election timeout
 * @param maxClockDrift bound of each machine's clock-rate error, as a fraction: 0.01 is 1 %; at least 0, below 1
 * @param drainTimeout how long a planned change of leader waits for running leader-only work
 * @param revokeTimeout how long it waits for {@link io.omnipaxos.leadership.LeadershipListener#revoked}
 * @param appendTimeout after which an append without an answer ends as unknown
 * @param maxMessageBytes the largest batch of entries in one message
 */
public record NodeSettings(
        String clusterId,
        long pid,
        ClusterConfiguration configuration,
        int priority,
        Duration tickInterval,
        int electionTicks,
        int resendTicks,
        Duration leaseDuration,
        double maxClockDrift,
        Duration drainTimeout,
        Duration revokeTimeout,
        Duration appendTimeout,
        int maxMessageBytes) {

    /** The default values: ticks of 50 ms, ten in an election timeout, which is the lease as well, 1 % drift. */
    public static NodeSettings defaults(String clusterId, long pid, ClusterConfiguration configuration) {
        return new NodeSettings(
                clusterId,
                pid,
                configuration,
                0,
                Duration.ofMillis(50),
                10,
                5,
                Duration.ofMillis(500),
                0.01,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1 << 20);
    }

    /** The time of one heartbeat round. */
    public Duration electionTimeout() {
        return tickInterval.multipliedBy(electionTicks);
    }
}
