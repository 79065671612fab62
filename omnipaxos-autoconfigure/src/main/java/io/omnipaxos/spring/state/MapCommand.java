package io.omnipaxos.spring.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is replicated for one write to one map.
 *
 * @param kind {@link #KIND}; tells map commands from others in the same log
 * @param operation what to do; one that this version does not know is ignored
 * @param expected what must be there, for {@link MapOperation#REPLACE} only
 * @param value what to write, null for {@link MapOperation#REMOVE}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MapCommand(
        String kind,
        String map,
        MapOperation operation,
        String key,
        @Nullable String expected,
        @Nullable String value) {

    static final String KIND = "map";

    MapCommand {
        if (map == null || operation == null || key == null) {
            throw new IllegalArgumentException("a map command names a map, an operation and a key");
        }
        if ((value == null) != (operation == MapOperation.REMOVE)
                || (expected == null) != (operation != MapOperation.REPLACE)) {
            throw new IllegalArgumentException(operation + " has the wrong values");
        }
    }

    MapCommand(String map, MapOperation operation, String key, @Nullable String expected, @Nullable String value) {
        this(KIND, map, operation, key, expected, value);
    }
}
