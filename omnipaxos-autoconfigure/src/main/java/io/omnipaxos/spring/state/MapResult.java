package io.omnipaxos.spring.state;

import org.jspecify.annotations.Nullable;

/**
 * What the state machine answers to a {@link MapCommand}.
 *
 * @param previous the value before the write, null if there was none
 * @param applied whether the map was changed
 */
record MapResult(@Nullable String previous, boolean applied) {}
