package io.omnipaxos.spring.state;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A map of text values. */
final class TextMap implements ReplicatedMap<String> {

    private final String name;
    private final ReplicatedLog log;
    private final MapStateMachine machine;
    private final Duration timeout;

    TextMap(String name, ReplicatedLog log, MapStateMachine machine, Duration timeout) {
        this.name = name;
        this.log = log;
        this.machine = machine;
        this.timeout = timeout;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> get(String key) {
        return await(() -> getInLog(key));
    }

    @Override
    public CompletableFuture<Optional<String>> getAsync(String key) {
        return elsewhere(getInLog(key));
    }

    private CompletableFuture<Optional<String>> getInLog(String key) {
        Objects.requireNonNull(key, "key");
        return log.readBarrier().thenApply(index -> machine.read(name, key));
    }

    @Override
    public MapWrite<String> put(String key, String value) {
        return await(() -> putInLog(key, value));
    }

    @Override
    public CompletableFuture<MapWrite<String>> putAsync(String key, String value) {
        return elsewhere(putInLog(key, value));
    }

    private CompletableFuture<MapWrite<String>> putInLog(String key, String value) {
        return write(MapOperation.PUT, key, null, Objects.requireNonNull(value, "value"));
    }

    @Override
    public MapWrite<String> putIfAbsent(String key, String value) {
        return await(() -> putIfAbsentInLog(key, value));
    }

    @Override
    public CompletableFuture<MapWrite<String>> putIfAbsentAsync(String key, String value) {
        return elsewhere(putIfAbsentInLog(key, value));
    }

    private CompletableFuture<MapWrite<String>> putIfAbsentInLog(String key, String value) {
        return write(MapOperation.PUT_IF_ABSENT, key, null, Objects.requireNonNull(value, "value"));
    }

    @Override
    public MapWrite<String> replace(String key, String expected, String value) {
        return await(() -> replaceInLog(key, expected, value));
    }

    @Override
    public CompletableFuture<MapWrite<String>> replaceAsync(String key, String expected, String value) {
        return elsewhere(replaceInLog(key, expected, value));
    }

    private CompletableFuture<MapWrite<String>> replaceInLog(String key, String expected, String value) {
        Objects.requireNonNull(expected, "expected");
        return write(MapOperation.REPLACE, key, expected, Objects.requireNonNull(value, "value"));
    }

    @Override
    public MapWrite<String> remove(String key) {
        return await(() -> removeInLog(key));
    }

    @Override
    public CompletableFuture<MapWrite<String>> removeAsync(String key) {
        return elsewhere(removeInLog(key));
    }

    private CompletableFuture<MapWrite<String>> removeInLog(String key) {
        return write(MapOperation.REMOVE, key, null, null);
    }

    private CompletableFuture<MapWrite<String>> write(
            MapOperation operation, String key, @Nullable String expected, @Nullable String value) {
        Objects.requireNonNull(key, "key");
        MapCommand command = new MapCommand(name, operation, key, expected, value);
        return log.append(MapCodec.encode(command)).thenApply(TextMap::written);
    }

    private static MapWrite<String> written(Committed committed) {
        if (committed.result().length == 0) {
            throw new IllegalStateException("the state machine did not understand the write at index "
                    + committed.index() + "; is another StateMachine in its place?");
        }
        MapResult result = MapCodec.result(committed.result());
        return new MapWrite<>(committed.index(), result.previous(), result.applied());
    }

    /** Completes on a thread that the caller may block, whereas the log completes on threads that the node needs. */
    private static <T> CompletableFuture<T> elsewhere(CompletableFuture<T> inLog) {
        return inLog.whenCompleteAsync((value, failure) -> {});
    }

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        if (machine.isApplyThread()) {
            throw new IllegalStateException("This thread applies the log, and map '" + name
                    + "' would wait for it for ever: use the Async methods here");
        }
        try {
            return call.get().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw unwrapped(failure.getCause());
        } catch (TimeoutException timedOut) {
            throw failed(Outcome.UNKNOWN, "no answer within " + timeout, timedOut);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(Outcome.UNKNOWN, "interrupted while waiting for the answer", interrupted);
        }
    }

    /** A new exception, so that its trace shows who called. */
    private RuntimeException unwrapped(@Nullable Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return unwrapped(failure.getCause());
        }
        return failure instanceof AppendException append
                ? failed(append.outcome(), String.valueOf(append.getMessage()), append)
                : new IllegalStateException("map '" + name + "' failed", failure);
    }

    private AppendException failed(Outcome outcome, String message, Throwable cause) {
        AppendException exception = new AppendException(outcome, "map '" + name + "': " + message);
        exception.initCause(cause);
        return exception;
    }
}
