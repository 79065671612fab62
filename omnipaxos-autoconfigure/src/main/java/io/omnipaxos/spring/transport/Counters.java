package io.omnipaxos.spring.transport;

import java.util.concurrent.atomic.LongAdder;

/** How many messages went which way. Safe for use by any thread. */
final class Counters {

    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder replaced = new LongAdder();

    void sent(int messages) {
        sent.add(messages);
    }

    void received(int messages) {
        received.add(messages);
    }

    void dropped(int messages) {
        dropped.add(messages);
    }

    void replaced() {
        replaced.increment();
    }

    long sent() {
        return sent.sum();
    }

    long received() {
        return received.sum();
    }

    long dropped() {
        return dropped.sum();
    }

    long replacedByNewer() {
        return replaced.sum();
    }
}
