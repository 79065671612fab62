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

    void advanceTo(ClockReading at) {
        if (at.nanos() > now.nanos()) {
            now = at;
        }
    }

    void countTick() {
        ticks++;
    }
}
