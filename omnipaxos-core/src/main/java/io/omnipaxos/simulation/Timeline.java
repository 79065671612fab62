package io.omnipaxos.simulation;

import java.util.PriorityQueue;

/** True time, which nobody in the cluster can read, and what is to happen in it. In nanoseconds from the beginning. */
final class Timeline {

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long order;

    long now() {
        return now;
    }

    /** What is due at the same time happens in the order in which it was asked for. */
    void at(long time, Runnable action) {
        events.add(new Event(Math.max(time, now), order++, action));
    }

    /** Lets one thing happen, if there is one until then. */
    boolean step(long until) {
        boolean due = advance(until);
        if (due) {
            act();
        }
        return due;
    }

    /** Goes to the time of what happens next, and says whether there is something until then. */
    boolean advance(long until) {
        Event next = events.peek();
        boolean due = next != null && next.at() <= until;
        now = Math.max(now, due ? next.at() : until);
        return due;
    }

    /** Does what is next, once {@link #advance} has gone to its time. */
    void act() {
        events.remove().action().run();
    }

    /** How many things have been asked for so far. */
    long eventCount() {
        return order;
    }
}
