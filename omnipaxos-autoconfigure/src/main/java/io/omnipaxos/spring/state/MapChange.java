package io.omnipaxos.spring.state;

import org.jspecify.annotations.Nullable;

/**
 * The value of a key changed.
 *
 * @param oldValue null if there was none
 * @param newValue null if it was removed
 * @param index in the replicated log, of the write or of the snapshot that brought the value; over all maps
 * @param undecodable why the old value cannot be read, null if it can
 */
public record MapChange<V>(
        String key,
        @Nullable V oldValue,
        @Nullable V newValue,
        long index,
        @Nullable UndecodableValueException undecodable) {

    /**
     * The old value, null if there was none.
     *
     * @throws UndecodableValueException if it cannot be read
     */
    @Override
    public @Nullable V oldValue() {
        if (undecodable != null) {
            throw undecodable;
        }
        return oldValue;
    }
}
