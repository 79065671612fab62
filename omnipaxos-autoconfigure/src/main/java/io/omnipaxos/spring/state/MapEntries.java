package io.omnipaxos.spring.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A whole map at one moment. Does not change.
 *
 * @param index up to which the replicated log was applied; over all maps
 * @param values what can be read, by key
 * @param undecodable why the rest cannot be read, by key
 */
public record MapEntries<V>(
        long index, SortedMap<String, V> values, SortedMap<String, UndecodableValueException> undecodable) {

    public MapEntries {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        undecodable = Collections.unmodifiableSortedMap(new TreeMap<>(undecodable));
    }

    /** All keys, also those whose values cannot be read. */
    public SortedSet<String> keys() {
        SortedSet<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(undecodable.keySet());
        return Collections.unmodifiableSortedSet(keys);
    }
}
