package io.omnipaxos.spring.state;

import org.jspecify.annotations.Nullable;

/**
 * A write to a {@link ReplicatedMap} was decided.
 *
 * @param index of the write in the replicated log; rises from write to write over all maps
 * @param previous the value before the write, null if there was none
 * @param applied whether the map was changed: false where {@code putIfAbsent} found a value, {@code replace} another one
 *     or {@code remove} none
 */
public record MapWrite<V>(long index, @Nullable V previous, boolean applied) {}
