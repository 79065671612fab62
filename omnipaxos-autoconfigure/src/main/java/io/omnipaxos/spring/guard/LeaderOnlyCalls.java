package io.omnipaxos.spring.guard;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what became of calls of leader-only methods, each once: a request that is routed makes no call here. Safe for use
 * by any thread.
 */
public final class LeaderOnlyCalls {

    /** What became of a call. */
    public enum Outcome {
        /** It was admitted. */
        RUN,
        /** Nothing happened, as this node does not lead. */
        SKIPPED,
        /** It was refused, mostly with {@link io.omnipaxos.leadership.NotLeaderException}, as this node does not lead. */
        REJECTED,
        /** The client was told where the leader is. */
        REDIRECTED,
        /** It was sent on to the leader, whatever that answered. */
        FORWARDED
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

    /** Counts a call. */
    public void add(Outcome outcome) {
        adder(outcome).increment();
    }

    private LongAdder adder(Outcome outcome) {
        return Objects.requireNonNull(counts.get(outcome));
    }
}
