package io.omnipaxos.spring.state;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The codec of one map, which names map and key where it fails. */
final class MapValues<V> {

    private final String map;
    private final ValueCodec<V> codec;

    MapValues(String map, ValueCodec<V> codec) {
        this.map = map;
        this.codec = codec;
    }

    /**
     * Writes a value.
     *
     * @throws IllegalArgumentException if the codec cannot
     */
    byte[] encode(String key, V value) {
        try {
            return Objects.requireNonNull(codec.encode(value), "the codec made nothing of it");
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    "the value for key '" + key + "' of map '" + map + "' cannot be written: " + failure.getMessage(),
                    failure);
        }
    }

    /**
     * Reads a value.
     *
     * @throws UndecodableValueException if the codec cannot
     */
    V decode(String key, byte[] bytes) {
        try {
            return Objects.requireNonNull(codec.decode(bytes), "the codec made nothing of it");
        } catch (RuntimeException failure) {
            throw new UndecodableValueException(map, key, failure);
        }
    }

    /** Reads what can be read, and says of the rest why not. */
    MapEntries<V> decode(long index, SortedMap<String, byte[]> stored) {
        SortedMap<String, V> values = new TreeMap<>();
        SortedMap<String, UndecodableValueException> undecodable = new TreeMap<>();
        stored.forEach((key, bytes) -> {
            Read<V> read = read(key, bytes);
            if (read.undecodable() != null) {
                undecodable.put(key, read.undecodable());
            } else if (read.value() != null) {
                values.put(key, read.value());
            }
        });
        return new MapEntries<>(index, values, undecodable);
    }

    /** Reads a value that somebody may ask for, or not: what cannot be read fails only then. */
    Read<V> read(String key, byte @Nullable [] bytes) {
        if (bytes == null) {
            return new Read<>(null, null);
        }
        try {
            return new Read<>(decode(key, bytes), null);
        } catch (UndecodableValueException failure) {
            return new Read<>(null, failure);
        }
    }

    /** At most one of the two. */
    record Read<V>(@Nullable V value, @Nullable UndecodableValueException undecodable) {}
}
