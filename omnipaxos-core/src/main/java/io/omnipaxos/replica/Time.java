package io.omnipaxos.replica;

import io.omnipaxos.effect.ClockReading;

/** The time of the present input, and the ticks so far. */
final class Time {

    private ClockReading now;
    private long ticks;

    Time(ClockReading startedAt) {
        now = startedAt;
    }

    ClockReading now() {
        return now;
    }

    long ticks() {
        return ticks;
    }

    /** Inputs may come out of order; one that is older by the monotonic clock may still show a suspension. */
    void advanceTo(ClockReading at) {
        if (at.nanos() > now.nanos()) {
            now = at;
        } else if (at.wallMillis() > now.wallMillis()) {
            now = new ClockReading(now.nanos(), at.wallMillis());
        }
    }

    void countTick() {
        ticks++;
    }
}
