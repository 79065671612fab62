package io.omnipaxos.spring.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A change as it lies in the state machine. */
record RawChange(String key, byte @Nullable [] oldValue, byte @Nullable [] newValue, long index) {

    /** What references and a short key take, for counting. */
    private static final int FRAME_BYTES = 100;

    boolean isNone() {
        return Arrays.equals(oldValue, newValue);
    }

    /** Both in one. */
    RawChange and(RawChange later) {
        return new RawChange(key, oldValue, later.newValue, later.index);
    }

    long weight() {
        return FRAME_BYTES + length(oldValue) + length(newValue);
    }

    private static long length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }
}
