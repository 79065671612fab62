package io.omnipaxos.spring.state;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls to the log, waited for or not. */
final class MapCalls {

    private final ReplicatedLog log;
    private final MapStateMachine machine;
    private final Duration timeout;

    MapCalls(ReplicatedLog log, MapStateMachine machine, Duration timeout) {
        this.log = log;
        this.machine = machine;
        this.timeout = timeout;
    }

    Committed append(MapCommand command) {
        return await(command.map(), () -> log.append(MapCodec.encode(command)));
    }

    CompletableFuture<Committed> appendAsync(MapCommand command) {
        return log.append(MapCodec.encode(command));
    }

    /** Waits until what was acknowledged before is applied here. */
    void barrier(String map) {
        await(map, log::readBarrier);
    }

    CompletableFuture<Long> barrierAsync() {
        return log.readBarrier();
    }

    private <T> T await(String map, Supplier<CompletableFuture<T>> call) {
        if (machine.isApplyThread()) {
            throw new IllegalStateException("This thread applies the log, and map '" + map
                    + "' would wait for it for ever: use the Async methods here");
        }
        try {
            return call.get().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw unwrapped(map, failure.getCause());
        } catch (TimeoutException timedOut) {
            throw failed(map, Outcome.UNKNOWN, "no answer within " + timeout, timedOut);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(map, Outcome.UNKNOWN, "interrupted while waiting for the answer", interrupted);
        }
    }

    /** A new exception, so that its trace shows who called. */
    private static RuntimeException unwrapped(String map, @Nullable Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return unwrapped(map, failure.getCause());
        }
        return failure instanceof AppendException append
                ? failed(map, append.outcome(), String.valueOf(append.getMessage()), append)
                : new IllegalStateException("map '" + map + "' failed", failure);
    }

    private static AppendException failed(String map, Outcome outcome, String message, Throwable cause) {
        AppendException exception = new AppendException(outcome, "map '" + map + "': " + message);
        exception.initCause(cause);
        return exception;
    }
}
