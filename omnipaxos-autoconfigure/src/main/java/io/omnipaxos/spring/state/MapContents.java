package io.omnipaxos.spring.state;

import io.omnipaxos.spring.state.MapResult.Outcome;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All maps by name, with their values as bytes, which never change. Sorted, so that the same content is always written
 * in the same way. A map without entries is none. Not safe for use by several threads.
 */
final class MapContents {

    private final SortedMap<String, StoredMap> maps = new TreeMap<>();

    /** The content of one map, empty if there is none. A view that must not be changed. */
    SortedMap<String, byte[]> of(String map) {
        StoredMap stored = maps.get(map);
        return stored == null ? Collections.emptySortedMap() : stored.values;
    }

    /** The names of all maps, sorted. A view that must not be changed. */
    Set<String> names() {
        return maps.keySet();
    }

    /** A copy that later commands do not change. */
    MapContents copy() {
        MapContents copy = new MapContents();
        maps.forEach((name, map) -> copy.maps.put(name, new StoredMap(map)));
        return copy;
    }

    void put(String map, String key, byte[] value) {
        maps.computeIfAbsent(map, name -> new StoredMap()).put(key, value);
    }

    MapResult apply(MapCommand command) {
        byte[] present = of(command.map()).get(command.key());
        if (!command.appliesTo(present)) {
            return new MapResult(Outcome.NOT_APPLIED, present);
        }
        byte[] value = command.value();
        if (value == null) {
            remove(command.map(), command.key());
            return new MapResult(Outcome.APPLIED, present);
        }
        Outcome refusal = refusal(command, value, present);
        if (refusal != null) {
            return new MapResult(refusal, present);
        }
        put(command.map(), command.key(), value);
        return new MapResult(Outcome.APPLIED, present);
    }

    /** A map that is over its limits, as another node has higher ones, may still shrink. */
    private @Nullable Outcome refusal(MapCommand command, byte[] value, byte @Nullable [] present) {
        StoredMap map = maps.getOrDefault(command.map(), new StoredMap());
        Integer maxEntries = command.maxEntries();
        if (present == null && maxEntries != null && map.values.size() >= maxEntries) {
            return Outcome.TOO_MANY_ENTRIES;
        }
        long growth = weight(command.key(), value) - weight(command.key(), present);
        Long maxBytes = command.maxBytes();
        return growth > 0 && maxBytes != null && map.bytes + growth > maxBytes ? Outcome.TOO_MANY_BYTES : null;
    }

    private void remove(String map, String key) {
        StoredMap stored = maps.get(map);
        if (stored != null && stored.remove(key)) {
            maps.remove(map);
        }
    }

    private static long weight(String key, byte @Nullable [] value) {
        return value == null ? 0 : Utf8.encode(key).length + value.length;
    }

    private static final class StoredMap {
        private final SortedMap<String, byte[]> values;
        private long bytes;

        StoredMap() {
            this.values = new TreeMap<>();
        }

        StoredMap(StoredMap copied) {
            this.values = new TreeMap<>(copied.values);
            this.bytes = copied.bytes;
        }

        void put(String key, byte[] value) {
            bytes += weight(key, value) - weight(key, values.put(key, value));
        }

        /** Whether it is empty now. */
        boolean remove(String key) {
            bytes -= weight(key, values.remove(key));
            return values.isEmpty();
        }
    }
}
