package io.omnipaxos.spring.state;

import org.jspecify.annotations.Nullable;

/**
 * A write to a {@link ReplicatedMap} was decided.
 *
 * @param index of the write in the replicated log; rises from write to write over all maps
 * @param previous the value before the write, null if there was none
 * @param applied whether the map was changed: false where {@code putIfAbsent} found a value, {@code replace} another one
 *     or {@code remove} none or another one
 * @param undecodable why the value before the write cannot be read, null if it can
 */
public record MapWrite<V>(
        long index,
        @Nullable V previous,
        boolean applied,
        @Nullable UndecodableValueException undecodable) {

    /** A write over a value that can be read, or over none. */
    public MapWrite(long index, @Nullable V previous, boolean applied) {
        this(index, previous, applied, null);
    }

    /**
     * The value before the write, null if there was none.
     *
     * @throws UndecodableValueException if it cannot be read; the write itself is as {@link #applied} says
     */
    @Override
    public @Nullable V previous() {
        if (undecodable != null) {
            throw undecodable;
        }
        return previous;
    }
}
