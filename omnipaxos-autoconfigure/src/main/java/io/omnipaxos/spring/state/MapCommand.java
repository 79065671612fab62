package io.omnipaxos.spring.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is replicated for one write to one map.
 *
 * @param kind {@link #KIND}; tells map commands from others in the same log
 * @param operation what to do; one that this version does not know is ignored
 * @param expected what must be there: for {@link MapOperation#REPLACE} always, for {@link MapOperation#REMOVE} if at all
 * @param value what to write, null for {@link MapOperation#REMOVE}
 * @param maxEntries that the map may have afterwards, if it gets more; null for any number
 * @param maxBytes that the map may have afterwards, if it gets more; null for any number
 * @see MapLimits
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MapCommand(
        String kind,
        String map,
        MapOperation operation,
        String key,
        byte @Nullable [] expected,
        byte @Nullable [] value,
        @Nullable Integer maxEntries,
        @Nullable Long maxBytes) {

    static final String KIND = "map";

    MapCommand {
        if (map == null || operation == null || key == null) {
            throw new IllegalArgumentException("a map command names a map, an operation and a key");
        }
        boolean mayExpect = operation == MapOperation.REPLACE || operation == MapOperation.REMOVE;
        if ((value == null) != (operation == MapOperation.REMOVE)
                || (expected == null && operation == MapOperation.REPLACE)
                || (expected != null && !mayExpect)) {
            throw new IllegalArgumentException(operation + " has the wrong values");
        }
        // Refused here, before anything is changed, what a snapshot could not write.
        Utf8.encode(map);
        Utf8.encode(key);
    }

    static MapCommand write(
            String map,
            MapOperation operation,
            String key,
            byte @Nullable [] expected,
            byte[] value,
            MapLimits limits) {
        return new MapCommand(KIND, map, operation, key, expected, value, limits.maxEntries(), limits.maxBytes());
    }

    static MapCommand remove(String map, String key, byte @Nullable [] expected) {
        return new MapCommand(KIND, map, MapOperation.REMOVE, key, expected, null, null, null);
    }

    /** Whether it is to be done where this is the present value. */
    boolean appliesTo(byte @Nullable [] present) {
        return switch (operation) {
            case PUT -> true;
            case PUT_IF_ABSENT -> present == null;
            case REPLACE, REMOVE -> present != null && (expected == null || Arrays.equals(present, expected));
        };
    }
}
