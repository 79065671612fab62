package io.omnipaxos.lease;

/**
 * How long a lease is, and how far clocks are trusted.
 *
 * @param durationNanos what a follower grants, in nanoseconds, positive
 * @param maxClockDrift bound of each clock's rate error as a fraction, at least 0 and below 1
 */
public record LeaseTerms(long durationNanos, double maxClockDrift) {

    public LeaseTerms {
        if (durationNanos < 1) {
            throw new IllegalArgumentException("a lease lasts longer than " + durationNanos + " ns");
        }
        if (!(maxClockDrift >= 0 && maxClockDrift < 1)) {
            throw new IllegalArgumentException("the clock drift is a fraction from 0 to below 1, not " + maxClockDrift);
        }
    }

    /**
     * For how long the leader relies on a grant: its own clock may be slow, the follower's fast, each by the drift.
     */
    public long heldNanos() {
        return (long) Math.floor(durationNanos * ((1 - maxClockDrift) / (1 + maxClockDrift)));
    }
}
