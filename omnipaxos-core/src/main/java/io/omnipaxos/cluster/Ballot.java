package io.omnipaxos.cluster;

import java.util.Comparator;

/**
 * A round of leadership, owned by exactly one node: the total order over ballots decides between two candidates.
 *
 * <p>Ballots are ordered by configuration, number, priority and pid, in this order. The order over ballots within
 * one configuration is the one of Sequence Paxos; a later configuration is above every ballot of an earlier one.
 *
 * @param configurationId the configuration in which the ballot was taken, 0 only in {@link #NONE}
 * @param n the number of the round, 0 before the first takeover
 * @param priority the owner's priority when it took the ballot; a tie-break only
 * @param pid the owner, positive, or 0 only in {@link #NONE}
 */
public record Ballot(long configurationId, long n, int priority, long pid) implements Comparable<Ballot> {

    /** Below every ballot of every node: nothing was promised yet. */
    public static final Ballot NONE = new Ballot(0, 0, 0, 0);

    private static final Comparator<Ballot> ORDER = Comparator.comparingLong(Ballot::configurationId)
            .thenComparingLong(Ballot::n)
            .thenComparingInt(Ballot::priority)
            .thenComparingLong(Ballot::pid);

    public Ballot {
        if (n < 0 || configurationId < 0 || pid < 0) {
            throw new IllegalArgumentException("a ballot has no negative number, configuration or pid: configuration "
                    + configurationId + ", n " + n + ", pid " + pid);
        }
    }

    /** Whether this is {@link #NONE}. */
    public boolean isNone() {
        return pid == 0;
    }

    public boolean isAbove(Ballot other) {
        return compareTo(other) > 0;
    }

    public static Ballot max(Ballot a, Ballot b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    @Override
    public int compareTo(Ballot other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : configurationId + "." + n + "(" + priority + ")@" + pid;
    }
}
