package io.omnipaxos.spring.redis;

import io.omnipaxos.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows other processes that the owner of a storage still runs, and tells the owner when it is one no longer: another
 * process may have taken over, or may do so soon, as Redis was not heard for too long.
 */
final class Heartbeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final RedisStorageSettings settings;
    private final RedisCalls calls;
    private final byte[] owner;
    private final LongSupplier sequence;
    private final ScheduledThreadPoolExecutor thread;
    private volatile long heardAt;
    private volatile @Nullable RedisStorageException lost;
    private volatile @Nullable RedisStorageException last;

    /**
     * Begins to beat.
     *
     * @param sequence number of the last write that was confirmed
     * @param takenAt the monotonic clock before the storage was taken
     */
    Heartbeat(RedisStorageSettings settings, RedisCalls calls, byte[] owner, LongSupplier sequence, long takenAt) {
        this.settings = settings;
        this.calls = calls;
        this.owner = owner;
        this.sequence = sequence;
        this.heardAt = takenAt;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread beats = new Thread(task, "omnipaxos-" + settings.pid() + "-redis-heartbeat");
            beats.setDaemon(true);
            return beats;
        });
        long period = settings.ownerTimeout().dividedBy(5).toNanos();
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(this::beat, period, period, TimeUnit.NANOSECONDS);
    }

    private void beat() {
        long sentAt = System.nanoTime();
        try {
            calls.run(StorageScripts.BEAT, List.of(settings.metaKey()), List.of(owner, Bytes.of(sequence.getAsLong())));
            heard(sentAt);
            last = null;
        } catch (RedisStorageException failure) {
            if (last == null) {
                LOG.warn("The storage {} has no answer: {}", settings.keys(), failure.getMessage());
            }
            last = failure;
            if (failure.isLost()) {
                lost = failure;
            }
        }
    }

    /** Redis has answered what was sent at this time of the monotonic clock, and named this process the owner. */
    void heard(long sentAt) {
        heardAt = sentAt;
    }

    /**
     * Asks nobody.
     *
     * @throws StorageException if this process is not the owner any more, or cannot know
     */
    void check() {
        RedisStorageException known = lost;
        if (known != null) {
            throw new RedisStorageException(known.problem(), known.action(), true, known);
        }
        Duration silent = Duration.ofNanos(System.nanoTime() - heardAt);
        if (silent.compareTo(settings.ownerTimeout()) > 0) {
            throw new RedisStorageException(
                    "Redis has not answered the storage " + settings.keys() + " for " + silent.toMillis()
                            + " ms, so that another process may take it over",
                    RedisCalls.RESTART,
                    last);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
