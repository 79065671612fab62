package io.omnipaxos.spring.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Scripts for the storage, each with a time limit of its own, whatever the client's is, and failures in words. Everything
 * is a script, reads as well: so no client asks a replica. Safe for use by any thread.
 */
final class RedisCalls implements AutoCloseable {

    static final String RESTART = "Start the node again once Redis answers";

    private static final Duration FIRST = Duration.ofSeconds(10);

    private final RedisTemplate<String, byte[]> redis = new RedisTemplate<>();
    private final String prefix;
    private final Duration timeout;
    private final ExecutorService threads;

    RedisCalls(RedisConnectionFactory connections, RedisStorageSettings settings) {
        this.prefix = settings.keys();
        this.timeout = settings.commandTimeout();
        redis.setConnectionFactory(connections);
        redis.setKeySerializer(RedisSerializer.string());
        redis.setValueSerializer(RedisSerializer.byteArray());
        redis.afterPropertiesSet();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "omnipaxos-" + settings.pid() + "-redis");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Runs a script.
     *
     * @param arguments arrays of bytes
     * @throws RedisStorageException if it failed, or did not answer in time; then whether it was run is unknown
     */
    <T> T run(RedisScript<T> script, List<String> keys, List<byte[]> arguments) {
        return Objects.requireNonNull(ask(() ->
                redis.execute(script, RedisSerializer.byteArray(), resultSerializer(), keys, arguments.toArray())));
    }

    @SuppressWarnings("unchecked")
    private static <T> RedisSerializer<T> resultSerializer() {
        return (RedisSerializer<T>) RedisSerializer.byteArray();
    }

    /** Runs commands on a connection. */
    <T> @Nullable T command(Function<RedisConnection, @Nullable T> command) {
        return ask(() -> redis.execute((RedisCallback<T>) command::apply));
    }

    /** The first command connects and loads the client's classes, so it may take longer than others. */
    void connect() {
        String unused = ask(
                () -> redis.execute((RedisCallback<String>) RedisConnection::ping),
                timeout.compareTo(FIRST) < 0 ? FIRST : timeout);
    }

    private interface Question<T> {
        @Nullable
        T answer();
    }

    private <T> @Nullable T ask(Question<T> question) {
        return ask(question, timeout);
    }

    private <T> @Nullable T ask(Question<T> question, Duration limit) {
        Future<@Nullable T> answer;
        try {
            answer = threads.submit(question::answer);
        } catch (RejectedExecutionException closed) {
            throw new RedisStorageException(
                    "the storage " + prefix + " is closed", "Open it again before using it", closed);
        }
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new RedisStorageException(
                    "Redis did not answer within " + limit + "; whether it did what it was asked to is unknown",
                    RESTART + ", or raise omnipaxos.storage.redis.command-timeout",
                    late);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new RedisStorageException("the thread was interrupted while Redis was asked", RESTART, interrupted);
        } catch (ExecutionException failed) {
            throw inWords(failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private RedisStorageException inWords(Throwable failure) {
        String all = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            all += cause.getMessage() + "\n";
        }
        if (all.contains("OTHEROWNER none")) {
            return new RedisStorageException(
                    "the storage " + prefix + " is gone from Redis: it was flushed, deleted or never replicated",
                    "Start the node again; it takes part anew, like one that lost its disk",
                    true,
                    failure);
        } else if (all.contains("OTHEROWNER")) {
            return new RedisStorageException(
                    "the storage " + prefix + " was taken over by another process",
                    "Give each node a pid of its own, and start only one process with it",
                    true,
                    failure);
        } else if (all.contains("WENTBACK")) {
            return new RedisStorageException(
                    "the storage " + prefix + " holds less than Redis had confirmed: it failed over to a replica that"
                            + " lagged behind, or lost its last writes in a crash. The rest is not used any more",
                    "Start the node again; it takes part anew, like one that lost its disk",
                    true,
                    failure);
        } else if (all.contains("READONLY")) {
            return new RedisStorageException(
                    "the Redis server is a read-only replica",
                    "Connect to the server that takes writes, in spring.data.redis",
                    failure);
        } else if (all.contains("NOPERM") || all.contains("unknown command")) {
            return new RedisStorageException(
                    "the Redis server does not allow what the storage needs, scripts (EVAL, EVALSHA) with INFO and"
                            + " commands on hashes, lists and sets: " + failure.getMessage(),
                    "Allow them to the user in spring.data.redis.username, for the keys " + prefix + "*",
                    failure);
        } else if (all.contains("OOM ")) {
            return new RedisStorageException(
                    "Redis has no memory left", "Raise maxmemory of Redis, then start the node again", failure);
        }
        return new RedisStorageException(
                "Redis cannot be used: "
                        + all.lines()
                                .filter(line -> !line.equals("null"))
                                .findFirst()
                                .orElse(""),
                "Check that the server in spring.data.redis runs and is reached, then start the node again",
                failure);
    }

    /** What still waits is interrupted. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
