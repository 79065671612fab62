package io.omnipaxos.effect;

import io.omnipaxos.cluster.Ballot;

/**
 * A leadership that is granted, and until when it may be acted on without renewal.
 *
 * @param ballot the ballot that the leadership rests on
 * @param fencingToken its token, positive
 * @param sentAt both clocks when the heartbeat was sent that completed the write quorum of grants
 * @param durationNanos how long it holds from then on, clock drift already taken off
 */
public record Lease(Ballot ballot, long fencingToken, ClockReading sentAt, long durationNanos) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * Whether the lease holds. The clock that shows more time since the heartbeat counts: a machine that was suspended
     * does not see it on the monotonic clock. It does not hold either when the wall clock went back by more than the
     * lease: then it was set, and may hide a suspension.
     */
    public boolean holdsAt(ClockReading now) {
        long passed = now.nanos() - sentAt.nanos();
        long wallPassed = (now.wallMillis() - sentAt.wallMillis()) * NANOS_PER_MILLI;
        return Math.max(passed, wallPassed) < durationNanos && passed - wallPassed <= durationNanos;
    }

    /** Nanoseconds until it ends without renewal, not below 0. */
    public long remainingNanos(ClockReading now) {
        return holdsAt(now) ? durationNanos - (now.nanos() - sentAt.nanos()) : 0;
    }

    /** The monotonic time at which it ends without renewal. */
    public long endsAtNanos() {
        return sentAt.nanos() + durationNanos;
    }
}
