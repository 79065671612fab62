package io.omnipaxos.spring.state;

import org.slf4j.LoggerFactory;

/**
 * Told what happens in a map, on one thread at a time, which is none of the node's: it may take its time, and may call
 * the map. What it throws is logged, and it is told the next change all the same.
 *
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface MapListener<V> {

    /**
     * What is there as the watch begins, perhaps less than what is decided. Called once, before anything else; the
     * changes that follow begin right after it, without a gap.
     */
    default void present(MapEntries<V> entries) {}

    /** A value changed. Called in the order of the log. */
    void changed(MapChange<V> change);

    /**
     * A value that is there, or came, cannot be read: {@link #changed} is not called for it. Unless this is overridden it
     * is logged.
     *
     * @param failure names map and key
     * @param index as in {@link MapChange}
     */
    default void undecodable(UndecodableValueException failure, long index) {
        LoggerFactory.getLogger(MapListener.class).warn("At index {}: {}", index, failure.getMessage());
    }
}
