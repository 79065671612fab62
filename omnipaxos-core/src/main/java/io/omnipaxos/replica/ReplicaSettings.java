package io.omnipaxos.replica;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.lease.LeaseTerms;

/**
 * How a replica runs.
 *
 * @param clusterId messages of another cluster are passed over
 * @param pid this node, a member of the configuration
 * @param boot the durable boot counter of this start, at least 1
 * @param configuration the members and their quorums
 * @param electionTicks ticks of one election timeout, positive
 * @param resendTicks ticks after which unanswered messages are sent again, positive
 * @param heartbeatTicks ticks between two heartbeats of a leader, positive
 * @param lease how long a lease is
 * @param maxMessageBytes the largest batch of entries in one message; half of it may wait for a decision before more
 *     is refused
 */
public record ReplicaSettings(
        String clusterId,
        long pid,
        long boot,
        ClusterConfiguration configuration,
        int electionTicks,
        int resendTicks,
        int heartbeatTicks,
        LeaseTerms lease,
        int maxMessageBytes) {

    public ReplicaSettings {
        if (boot < 1 || electionTicks < 1 || resendTicks < 1 || heartbeatTicks < 1 || maxMessageBytes < 1) {
            throw new IllegalArgumentException("boot counter, ticks and sizes are positive: boot " + boot
                    + ", election ticks " + electionTicks + ", resend ticks " + resendTicks + ", heartbeat ticks "
                    + heartbeatTicks + ", message bytes " + maxMessageBytes);
        }
    }
}
