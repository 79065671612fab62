package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Watches that every grant is kept: until it ends on the clock of who gave it, that node promises no other ballot, but
 * for the one that releases it. From outside: from the messages that go by, and the promises that are written.
 */
final class Grants {

    private record Asked(long pid, Ballot ballot, long round) {}

    /** The last grant of a node. */
    private record Grant(Ballot ballot, long untilNanos) {}

    private final Invariants invariants;
    private final Map<Asked, Long> until = new HashMap<>();
    private final Map<Long, Grant> grants = new HashMap<>();
    private final Set<Ballot> released = new HashSet<>();

    Grants(Invariants invariants) {
        this.invariants = invariants;
    }

    /** @param nanos of the receiver's clock */
    void arrived(Envelope envelope, long nanos) {
        if (envelope.message() instanceof LeaderHeartbeat heartbeat) {
            Asked asked = new Asked(envelope.to(), heartbeat.ballot(), heartbeat.round());
            until.putIfAbsent(asked, nanos + heartbeat.leaseNanos());
        }
    }

    void sent(Envelope envelope) {
        if (envelope.message() instanceof HeartbeatAnswer answer && answer.granted()) {
            Long end = until.get(new Asked(envelope.from(), answer.ballot(), answer.round()));
            Grant before = grants.get(envelope.from());
            if (end != null && (before == null || !before.ballot().isAbove(answer.ballot()))) {
                boolean longer =
                        before == null || !before.ballot().equals(answer.ballot()) || before.untilNanos() < end;
                if (longer) {
                    grants.put(envelope.from(), new Grant(answer.ballot(), end));
                }
            }
        } else if (envelope.message() instanceof Released release) {
            released.add(release.ballot());
        } else if (envelope.message() instanceof Prepare prepare) {
            released.add(prepare.released());
        }
    }

    /**
     * A node is about to write a promise.
     *
     * @param nanos of its clock, which goes on over restarts
     */
    void promised(long pid, Ballot promise, long nanos) {
        Grant grant = grants.get(pid);
        if (grant != null
                && promise.configurationId() == grant.ballot().configurationId()
                && promise.isAbove(grant.ballot())
                && nanos < grant.untilNanos()
                && !released.contains(grant.ballot())) {
            invariants.broken("node " + pid + " promises " + promise + " though it granted " + grant.ballot()
                    + " another " + (grant.untilNanos() - nanos) / 1_000_000 + " ms");
        }
    }

    /** The node's disk was replaced: it has forgotten what it granted, and takes part in nothing it granted in. */
    void forgotten(long pid) {
        grants.remove(pid);
    }
}
