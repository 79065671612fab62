package io.omnipaxos.node;

import io.omnipaxos.effect.ClockReading;

/** This machine's clocks; the monotonic one counts from the start of the node. */
final class NodeClock {

    private final long origin = System.nanoTime();

    ClockReading now() {
        return new ClockReading(System.nanoTime() - origin, System.currentTimeMillis());
    }
}
