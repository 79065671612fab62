package io.omnipaxos.spring.state;

import io.omnipaxos.node.Committed;
import io.omnipaxos.spring.state.MapLimitException.Limit;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One map of the state machine, with values of one type. */
final class TypedMap<V> implements ReplicatedMap<V> {

    private final String name;
    private final MapValues<V> values;
    private final MapLimits limits;
    private final MapCalls calls;
    private final MapStateMachine machine;
    private final Executor watchThreads;

    TypedMap(
            String name,
            MapValues<V> values,
            MapLimits limits,
            MapCalls calls,
            MapStateMachine machine,
            Executor watchThreads) {
        this.name = name;
        this.values = values;
        this.limits = limits;
        this.calls = calls;
        this.machine = machine;
        this.watchThreads = watchThreads;
    }

    @Override
    public String name() {
        return name;
    }

    // reads

    @Override
    public Optional<V> get(String key) {
        Objects.requireNonNull(key, "key");
        calls.barrier(name);
        return readValue(key);
    }

    @Override
    public CompletableFuture<Optional<V>> getAsync(String key) {
        Objects.requireNonNull(key, "key");
        return calls.barrierAsync().thenApply(index -> readValue(key));
    }

    private Optional<V> readValue(String key) {
        return machine.read(name, key).map(bytes -> values.decode(key, bytes));
    }

    @Override
    public SortedSet<String> keys() {
        calls.barrier(name);
        return readKeys();
    }

    @Override
    public CompletableFuture<SortedSet<String>> keysAsync() {
        return calls.barrierAsync().thenApply(index -> readKeys());
    }

    private SortedSet<String> readKeys() {
        return Collections.unmodifiableSortedSet(
                new TreeSet<>(machine.read(name).entries().keySet()));
    }

    @Override
    public MapEntries<V> entries() {
        calls.barrier(name);
        return readEntries();
    }

    @Override
    public CompletableFuture<MapEntries<V>> entriesAsync() {
        return calls.barrierAsync().thenApply(index -> readEntries());
    }

    private MapEntries<V> readEntries() {
        MapStateMachine.Content content = machine.read(name);
        return values.decode(content.index(), content.entries());
    }

    // writes

    @Override
    public MapWrite<V> put(String key, V value) {
        return write(putting(key, value));
    }

    @Override
    public CompletableFuture<MapWrite<V>> putAsync(String key, V value) {
        return writeAsync(() -> putting(key, value));
    }

    private MapCommand putting(String key, V value) {
        return writing(MapOperation.PUT, key, null, value);
    }

    @Override
    public MapWrite<V> putIfAbsent(String key, V value) {
        return write(puttingIfAbsent(key, value));
    }

    @Override
    public CompletableFuture<MapWrite<V>> putIfAbsentAsync(String key, V value) {
        return writeAsync(() -> puttingIfAbsent(key, value));
    }

    private MapCommand puttingIfAbsent(String key, V value) {
        return writing(MapOperation.PUT_IF_ABSENT, key, null, value);
    }

    @Override
    public MapWrite<V> replace(String key, V expected, V value) {
        return write(replacing(key, expected, value));
    }

    @Override
    public CompletableFuture<MapWrite<V>> replaceAsync(String key, V expected, V value) {
        return writeAsync(() -> replacing(key, expected, value));
    }

    private MapCommand replacing(String key, V expected, V value) {
        return writing(MapOperation.REPLACE, key, Objects.requireNonNull(expected, "expected"), value);
    }

    @Override
    public MapWrite<V> remove(String key) {
        return write(removing(key, null));
    }

    @Override
    public CompletableFuture<MapWrite<V>> removeAsync(String key) {
        return writeAsync(() -> removing(key, null));
    }

    @Override
    public MapWrite<V> remove(String key, V expected) {
        return write(removing(key, Objects.requireNonNull(expected, "expected")));
    }

    @Override
    public CompletableFuture<MapWrite<V>> removeAsync(String key, V expected) {
        return writeAsync(() -> removing(key, Objects.requireNonNull(expected, "expected")));
    }

    private MapCommand removing(String key, @Nullable V expected) {
        checkKey(key);
        return MapCommand.remove(name, key, stored(key, expected));
    }

    private MapCommand writing(MapOperation operation, String key, @Nullable V expected, V value) {
        checkKey(key);
        byte[] bytes = values.encode(key, Objects.requireNonNull(value, "value"));
        if (bytes.length > limits.maxValueBytes()) {
            throw new MapLimitException(
                    Limit.VALUE_SIZE,
                    "the value for key '" + key + "' of map '" + name + "' has " + bytes.length + " bytes; at most "
                            + limits.maxValueBytes() + " are allowed, see omnipaxos.map.max-value-size");
        }
        return MapCommand.write(name, operation, key, stored(key, expected), bytes, limits);
    }

    private void checkKey(String key) {
        int bytes = Utf8.encode(Objects.requireNonNull(key, "key")).length;
        if (bytes > limits.maxKeyBytes()) {
            throw new MapLimitException(
                    Limit.KEY_SIZE,
                    "a key for map '" + name + "' has " + bytes + " bytes; at most " + limits.maxKeyBytes()
                            + " are allowed, see omnipaxos.map.max-key-size");
        }
    }

    /**
     * The form in which a value lies in the map. Where an equal one is there, it is that one's: it may have been written
     * by another release, or with its parts in another order.
     */
    private byte @Nullable [] stored(String key, @Nullable V expected) {
        if (expected == null) {
            return null;
        }
        return machine.read(name, key)
                .filter(bytes -> expected.equals(values.read(key, bytes).value()))
                .orElseGet(() -> values.encode(key, expected));
    }

    private MapWrite<V> write(MapCommand command) {
        return written(command, calls.append(command));
    }

    private CompletableFuture<MapWrite<V>> writeAsync(Supplier<MapCommand> making) {
        MapCommand command;
        try {
            command = making.get();
        } catch (MapLimitException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return calls.appendAsync(command).thenApply(committed -> written(command, committed));
    }

    private MapWrite<V> written(MapCommand command, Committed committed) {
        if (committed.result().length == 0) {
            throw new IllegalStateException("the state machine did not understand the write at index "
                    + committed.index() + "; is another StateMachine in its place?");
        }
        MapResult result = MapCodec.result(committed.result());
        MapValues.Read<V> previous = values.read(command.key(), result.previous());
        return switch (result.outcome()) {
            case APPLIED, NOT_APPLIED ->
                new MapWrite<>(
                        committed.index(),
                        previous.value(),
                        result.outcome() == MapResult.Outcome.APPLIED,
                        previous.undecodable());
            case TOO_MANY_ENTRIES ->
                throw new MapLimitException(
                        Limit.ENTRIES,
                        "map '" + name + "' has as many entries as it may, " + limits.maxEntries()
                                + "; remove some, or raise omnipaxos.map.max-entries on every node");
            case TOO_MANY_BYTES ->
                throw new MapLimitException(
                        Limit.MAP_SIZE,
                        "the keys and values of map '" + name + "' would have more than " + limits.maxBytes()
                                + " bytes with key '" + command.key()
                                + "'; remove some, or raise omnipaxos.map.max-size on every node");
        };
    }

    // watches

    @Override
    public MapWatch watch(MapListener<V> listener) {
        return watching(null, listener);
    }

    @Override
    public MapWatch watch(String key, MapListener<V> listener) {
        return watching(Objects.requireNonNull(key, "key"), listener);
    }

    private MapWatch watching(@Nullable String key, MapListener<V> listener) {
        Watch<V> watch = new Watch<>(
                name, key, values, Objects.requireNonNull(listener, "listener"), watchThreads, machine::end);
        machine.begin(watch);
        return watch;
    }
}
