package io.omnipaxos.replication;

import io.omnipaxos.cluster.ClusterConfiguration;

/**
 * How Sequence Paxos runs on one node.
 *
 * @param pid this node
 * @param boot the durable boot counter of this start, at least 1
 * @param configuration the members and their quorums
 * @param resendTicks ticks after which unanswered messages are sent again, positive
 * @param maxMessageBytes the largest batch of entries in one message; the transport carries twice as much, for the undecided
 *     end of a log, which is not cut
 */
public record PaxosSettings(
        long pid, long boot, ClusterConfiguration configuration, int resendTicks, int maxMessageBytes) {}
