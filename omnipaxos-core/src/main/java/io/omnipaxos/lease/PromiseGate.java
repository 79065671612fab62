package io.omnipaxos.lease;

import io.omnipaxos.cluster.Ballot;

/**
 * The one gate that every raise of the durable promise passes. It is closed while a grant to another ballot lives, and
 * for a while after a restart, as grants given before it are not remembered.
 */
public final class PromiseGate {

    private Ballot granted = Ballot.NONE;
    private long grantedUntilNanos;
    private Ballot released = Ballot.NONE;
    private Ballot awaited = Ballot.NONE;
    private long awaitedUntilNanos;

    /**
     * Closes the gate after a restart to every ballot but the one promised before it.
     *
     * @param promise what was promised before the restart
     * @param untilNanos when every grant that may have been given has ended, on this node's monotonic clock
     */
    public void awaitGrantsBefore(Ballot promise, long untilNanos) {
        awaited = promise;
        awaitedUntilNanos = untilNanos;
    }

    /**
     * Grants a ballot time until the given moment; a shorter grant of the same ballot changes nothing.
     *
     * @return false if the ballot was released: nothing is granted to it any more
     */
    public boolean grant(Ballot ballot, long untilNanos) {
        if (ballot.equals(released)) {
            return false;
        }
        grantedUntilNanos = ballot.equals(granted) ? Math.max(grantedUntilNanos, untilNanos) : untilNanos;
        granted = ballot;
        return true;
    }

    /** The leader of this ballot has given up its lease for good: no grant to it stands in the way any more. */
    public void release(Ballot ballot) {
        released = Ballot.max(released, ballot);
    }

    /** The highest ballot whose leader is known to have given up its lease, {@link Ballot#NONE} if none is. */
    public Ballot released() {
        return released;
    }

    /** Whether the leader of this ballot has given up its lease. */
    public boolean isReleased(Ballot ballot) {
        return !ballot.isNone() && ballot.equals(released);
    }

    /** Whether the promise may be raised to the ballot. */
    public boolean isOpenFor(Ballot ballot, long nowNanos) {
        return !blocks(granted, grantedUntilNanos, ballot, nowNanos)
                && !blocks(awaited, awaitedUntilNanos, ballot, nowNanos);
    }

    /** Whether the promise may be raised to a ballot that was never seen before. */
    public boolean isOpen(long nowNanos) {
        return isOpenFor(Ballot.NONE, nowNanos);
    }

    private boolean blocks(Ballot holder, long untilNanos, Ballot ballot, long nowNanos) {
        return !holder.isNone() && !holder.equals(ballot) && !holder.equals(released) && nowNanos < untilNanos;
    }
}
