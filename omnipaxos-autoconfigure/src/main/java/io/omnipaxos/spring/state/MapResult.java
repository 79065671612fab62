package io.omnipaxos.spring.state;

import org.jspecify.annotations.Nullable;

/**
 * What the state machine answers to a {@link MapCommand}.
 *
 * @param previous the value before the write, null if there was none
 */
record MapResult(Outcome outcome, byte @Nullable [] previous) {

    enum Outcome {
        APPLIED,
        NOT_APPLIED,
        TOO_MANY_ENTRIES,
        TOO_MANY_BYTES
    }
}
