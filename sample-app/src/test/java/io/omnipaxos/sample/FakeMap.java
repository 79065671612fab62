package io.omnipaxos.sample;

import io.omnipaxos.spring.state.MapWrite;
import io.omnipaxos.spring.state.ReplicatedMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A map on one machine, which fails when the test says so. */
public final class FakeMap implements ReplicatedMap<String> {

    public final Map<String, String> content = new TreeMap<>();
    private RuntimeException failure;
    private long index;

    /** From now on, null for never again. */
    public void failWith(RuntimeException thrown) {
        failure = thrown;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Optional<String> get(String key) {
        throwFailure();
        return Optional.ofNullable(content.get(key));
    }

    @Override
    public CompletableFuture<Optional<String>> getAsync(String key) {
        return failure == null ? CompletableFuture.completedFuture(get(key)) : CompletableFuture.failedFuture(failure);
    }

    @Override
    public MapWrite<String> put(String key, String value) {
        return write(key, value, true);
    }

    @Override
    public CompletableFuture<MapWrite<String>> putAsync(String key, String value) {
        return CompletableFuture.completedFuture(put(key, value));
    }

    @Override
    public MapWrite<String> putIfAbsent(String key, String value) {
        return write(key, value, !content.containsKey(key));
    }

    @Override
    public CompletableFuture<MapWrite<String>> putIfAbsentAsync(String key, String value) {
        return CompletableFuture.completedFuture(putIfAbsent(key, value));
    }

    @Override
    public MapWrite<String> replace(String key, String expected, String value) {
        return write(key, value, expected.equals(content.get(key)));
    }

    @Override
    public CompletableFuture<MapWrite<String>> replaceAsync(String key, String expected, String value) {
        return CompletableFuture.completedFuture(replace(key, expected, value));
    }

    @Override
    public MapWrite<String> remove(String key) {
        return write(key, null, content.containsKey(key));
    }

    @Override
    public CompletableFuture<MapWrite<String>> removeAsync(String key) {
        return CompletableFuture.completedFuture(remove(key));
    }

    private MapWrite<String> write(String key, String value, boolean applies) {
        throwFailure();
        String previous = content.get(key);
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
