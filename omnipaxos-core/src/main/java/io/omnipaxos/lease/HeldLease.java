package io.omnipaxos.lease;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Lease;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The grants that the leader of one ballot holds, each counted from the moment at which the heartbeat was sent that it
 * answers. The lease ends when the grants of a write quorum have ended.
 *
 * @see <a href="https://doi.org/10.1145/74850.74870">Gray, Cheriton: Leases: An Efficient Fault-Tolerant Mechanism for
 *     Distributed File Cache Consistency, SOSP 1989</a>
 */
public final class HeldLease {

    private static final Comparator<ClockReading> OLDEST_FIRST = Comparator.comparingLong(ClockReading::nanos);

    private final Ballot ballot;
    private final long pid;
    private final int writeQuorum;
    private final LeaseTerms terms;

    private long round;
    private final TreeMap<Long, ClockReading> sentRounds = new TreeMap<>();
    private final Map<Long, Grant> grants = new TreeMap<>();

    /**
     * @param ballot the ballot led
     * @param pid its owner, this node
     * @param writeQuorum how many grants make the lease, this node's own included
     * @param terms how long a grant is counted
     */
    public HeldLease(Ballot ballot, long pid, int writeQuorum, LeaseTerms terms) {
        this.ballot = ballot;
        this.pid = pid;
        this.writeQuorum = writeQuorum;
        this.terms = terms;
    }

    /**
     * Begins a round of heartbeats. This node answers itself at once.
     *
     * @param now read before the heartbeat is handed to the transport
     * @param granted whether this node grants itself the time; it does not when it asks nobody
     * @return the number of the round
     */
    public long beginRound(ClockReading now, boolean granted) {
        round++;
        sentRounds.put(round, now);
        sentRounds.headMap(round, false).values().removeIf(sent -> now.nanos() - sent.nanos() > terms.durationNanos());
        answered(pid, round, granted);
        return round;
    }

    /** The number of the last round begun, 0 before the first. */
    public long round() {
        return round;
    }

    /** Counts an answer to a heartbeat of this ballot; one to a round not newer than the last counted is ignored. */
    public void answered(long from, long answeredRound, boolean granted) {
        Grant last = grants.get(from);
        ClockReading sentAt = sentRounds.get(answeredRound);
        if (granted && sentAt != null && (last == null || answeredRound > last.round())) {
            grants.put(from, new Grant(answeredRound, sentAt));
        }
    }

    /** Whether the grant of this node still counts. */
    public boolean isGrantedBy(long follower, long nowNanos) {
        Grant grant = grants.get(follower);
        return grant != null && nowNanos - grant.sentAt().nanos() < terms.heldNanos();
    }

    /**
     * The lease as far as it reaches now, possibly already over.
     *
     * @return null as long as there were not enough grants
     */
    public @Nullable Lease lease(long fencingToken) {
        if (grants.size() < writeQuorum) {
            return null;
        }
        ClockReading[] sent = new ClockReading[grants.size()];
        int position = 0;
        for (Grant grant : grants.values()) {
            sent[position++] = grant.sentAt();
        }
        Arrays.sort(sent, OLDEST_FIRST);
        return new Lease(ballot, fencingToken, sent[sent.length - writeQuorum], terms.heldNanos());
    }

    private record Grant(long round, ClockReading sentAt) {}
}
