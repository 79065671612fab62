package io.omnipaxos.spring.guard;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts what became of calls of leader-only methods. Safe for use by any thread. */
public final class LeaderOnlyCalls {

    /** What became of a call. */
    public enum Outcome {
        /** It was admitted. */
        RUN,
        /** Nothing happened, as this node does not lead. */
        SKIPPED,
        /** It ended with {@link io.omnipaxos.leadership.NotLeaderException}, as this node does not lead. */
        REJECTED
    }

    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    public LeaderOnlyCalls() {
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    /** How many calls ended like this since the application was started. */
    public long count(Outcome outcome) {
        return adder(outcome).sum();
    }

    void add(Outcome outcome) {
        adder(outcome).increment();
    }

    private LongAdder adder(Outcome outcome) {
        return Objects.requireNonNull(counts.get(outcome));
    }
}
