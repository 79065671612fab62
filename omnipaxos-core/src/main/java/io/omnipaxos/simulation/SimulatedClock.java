package io.omnipaxos.simulation;

import io.omnipaxos.effect.ClockReading;

/** The clocks of one machine: their rate is never quite right, and changes; the wall clock may be set. */
final class SimulatedClock {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private double rate;
    private long trueBase;
    private long nanosBase;
    private boolean stopped;
    private long wallOffsetMillis;

    SimulatedClock(double rate) {
        this.rate = rate;
    }

    ClockReading at(long trueNanos) {
        return new ClockReading(nanosAt(trueNanos), trueNanos / NANOS_PER_MILLI + wallOffsetMillis);
    }

    /** The monotonic clock, which goes on from one start of the node to the next. */
    long nanosAt(long trueNanos) {
        return stopped ? nanosBase : nanosBase + (long) ((trueNanos - trueBase) * rate);
    }

    /** How much true time passes while the clock shows that this much has passed. */
    long trueNanos(long nanos) {
        return (long) (nanos / rate);
    }

    /** From now on the clock runs at another rate; 1 is right. */
    void setRate(double newRate, long trueNow) {
        rebase(trueNow);
        rate = newRate;
    }

    /** The machine is suspended: the monotonic clock stands still, the wall clock does not. */
    void suspend(long trueNow) {
        rebase(trueNow);
        stopped = true;
    }

    void resume(long trueNow) {
        if (stopped) {
            trueBase = trueNow;
            stopped = false;
        }
    }

    /** Sets the wall clock. */
    void jumpWall(long millis) {
        wallOffsetMillis += millis;
    }

    private void rebase(long trueNow) {
        nanosBase = nanosAt(trueNow);
        trueBase = trueNow;
    }
}
