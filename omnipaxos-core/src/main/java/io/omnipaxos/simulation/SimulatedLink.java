package io.omnipaxos.simulation;

import java.util.SplittableRandom;

/** One direction between two nodes, with chance of its own, so that what happens elsewhere changes nothing here. */
final class SimulatedLink {

    /** A queue that would take longer than this is full. */
    private static final long LONGEST_QUEUE_NANOS = 2_000_000_000L;

    private static final double SLOWEST = 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final SplittableRandom random;
    private LinkConditions conditions;
    private boolean cut;
    private long flapPeriodNanos;
    private long queuedUntil;
    private long lastArrival;
    /** Whether the sender knows the receiver to answer. */
    boolean connected;

    SimulatedLink(SplittableRandom random, LinkConditions conditions) {
        this.random = random;
        this.conditions = conditions;
    }

    void conditions(LinkConditions changed) {
        conditions = changed;
    }

    void cut(boolean isCut) {
        cut = isCut;
        flapPeriodNanos = 0;
    }

    /** Is cut and whole by turns, for half of the period each; 0 ends that. */
    void flap(long periodNanos) {
        flapPeriodNanos = periodNanos;
    }

    boolean isCut(long now) {
        return cut || (flapPeriodNanos > 0 && now % flapPeriodNanos < flapPeriodNanos / 2);
    }

    boolean loses() {
        return conditions.loss() > 0 && random.nextDouble() < conditions.loss();
    }

    boolean repeats() {
        return conditions.duplication() > 0 && random.nextDouble() < conditions.duplication();
    }

    /** When a message that is sent now arrives, or -1 if there is no room for it. */
    long arrival(long now, long bytes) {
        long departure = now;
        if (conditions.bytesPerSecond() > 0) {
            departure = Math.max(now, queuedUntil) + bytes * NANOS_PER_SECOND / conditions.bytesPerSecond();
            if (departure - now > LONGEST_QUEUE_NANOS) {
                return -1;
            }
            queuedUntil = departure;
        }
        long arrival = departure + delay();
        if (conditions.ordered()) {
            arrival = Math.max(arrival, lastArrival);
            lastArrival = arrival;
        }
        return arrival;
    }

    private long delay() {
        double spread = conditions.spread();
        double factor = 1 - spread / 2 + spread * random.nextDouble();
        if (conditions.slowShare() > 0 && random.nextDouble() < conditions.slowShare()) {
            factor *= 1 + random.nextDouble() * (SLOWEST - 1);
        }
        return (long) (conditions.latencyNanos() * factor);
    }
}
