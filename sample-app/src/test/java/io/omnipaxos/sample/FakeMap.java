package io.omnipaxos.sample;

import io.omnipaxos.spring.state.MapEntries;
import io.omnipaxos.spring.state.MapListener;
import io.omnipaxos.spring.state.MapWatch;
import io.omnipaxos.spring.state.MapWrite;
import io.omnipaxos.spring.state.ReplicatedMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A map on one machine, which fails when the test says so. Nobody can watch it. */
public final class FakeMap<V> implements ReplicatedMap<V> {

    public final SortedMap<String, V> content = new TreeMap<>();
    private @Nullable RuntimeException failure;
    private long index;

    /** From now on, null for never again. */
    public void failWith(@Nullable RuntimeException thrown) {
        failure = thrown;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Optional<V> get(String key) {
        throwFailure();
        return Optional.ofNullable(content.get(key));
    }

    @Override
    public CompletableFuture<Optional<V>> getAsync(String key) {
        return later(() -> get(key));
    }

    @Override
    public SortedSet<String> keys() {
        throwFailure();
        return new TreeSet<>(content.keySet());
    }

    @Override
    public CompletableFuture<SortedSet<String>> keysAsync() {
        return later(this::keys);
    }

    @Override
    public MapEntries<V> entries() {
        throwFailure();
        return new MapEntries<>(index, content, new TreeMap<>());
    }

    @Override
    public CompletableFuture<MapEntries<V>> entriesAsync() {
        return later(this::entries);
    }

    @Override
    public MapWrite<V> put(String key, V value) {
        return write(key, value, true);
    }

    @Override
    public CompletableFuture<MapWrite<V>> putAsync(String key, V value) {
        return later(() -> put(key, value));
    }

    @Override
    public MapWrite<V> putIfAbsent(String key, V value) {
        return write(key, value, !content.containsKey(key));
    }

    @Override
    public CompletableFuture<MapWrite<V>> putIfAbsentAsync(String key, V value) {
        return later(() -> putIfAbsent(key, value));
    }

    @Override
    public MapWrite<V> replace(String key, V expected, V value) {
        return write(key, value, expected.equals(content.get(key)));
    }

    @Override
    public CompletableFuture<MapWrite<V>> replaceAsync(String key, V expected, V value) {
        return later(() -> replace(key, expected, value));
    }

    @Override
    public MapWrite<V> remove(String key) {
        return write(key, null, content.containsKey(key));
    }

    @Override
    public CompletableFuture<MapWrite<V>> removeAsync(String key) {
        return later(() -> remove(key));
    }

    @Override
    public MapWrite<V> remove(String key, V expected) {
        return write(key, null, expected.equals(content.get(key)));
    }

    @Override
    public CompletableFuture<MapWrite<V>> removeAsync(String key, V expected) {
        return later(() -> remove(key, expected));
    }

    @Override
    public MapWatch watch(MapListener<V> listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MapWatch watch(String key, MapListener<V> listener) {
        throw new UnsupportedOperationException();
    }

    private <T> CompletableFuture<T> later(Supplier<T> call) {
        try {
            return CompletableFuture.completedFuture(call.get());
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private MapWrite<V> write(String key, @Nullable V value, boolean applies) {
        throwFailure();
        V previous = content.get(key);
        if (applies && value == null) {
            content.remove(key);
        } else if (applies) {
            content.put(key, value);
        }
        return new MapWrite<>(++index, previous, applies);
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }
}
