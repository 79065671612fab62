package io.omnipaxos.spring.redis;

import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderRevokedEvent;
import io.omnipaxos.spring.StaleTokenException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.script.RedisScript;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells readers outside of the cluster who leads: a key with the leader as JSON, which its node renews and which expires
 * by itself, and a message on the channel of that name at each change. It is information, never permission: a reader may
 * see a leader that leads no more.
 *
 * <p>An older leader never replaces or deletes what a newer one wrote. All of it happens on a thread of its own; a Redis
 * that fails is logged once and changes nothing else.
 */
public final class LeaderPublication implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderPublication.class);
    private static final RedisScript<Long> PUBLISH = RedisScript.of("""
            local before = redis.call('GET', KEYS[1])
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            if before ~= ARGV[1] then
              redis.call('PUBLISH', KEYS[1], ARGV[1])
            end
            return 1
            """, Long.class);
    private static final RedisScript<Long> WITHDRAW = RedisScript.of("""
            if redis.call('DEL', KEYS[1]) == 1 then
              redis.call('PUBLISH', KEYS[1], 'null')
            end
            return 1
            """, Long.class);

    private final TokenGuard guard;
    private final String key;
    private final long pid;
    private final Supplier<Optional<Long>> leadership;
    private final AdvertisedUrls urls;
    private final Duration lease;
    private final Clock clock;

    private volatile @Nullable ScheduledExecutorService thread;

    /** What is in Redis as far as this node knows, and whether the last attempt failed: the thread's. */
    private @Nullable Published published;

    private boolean failing;

    /**
     * What readers find.
     *
     * @param pid the leader's
     * @param url where clients reach it, null if it is not known
     * @param fencingToken of its leadership; rises with each
     * @param since when it was first published, on its wall clock
     */
    record Published(long pid, @Nullable URI url, long fencingToken, Instant since) {}

    /**
     * Connects to nothing yet.
     *
     * @param pid of this node
     * @param leadership the fencing token of this node's leadership, empty while it does not lead; asked at each renewal
     * @param lease the key is renewed twice in its time, and expires after twice its time
     */
    public LeaderPublication(
            RedisConnectionFactory connections,
            String clusterId,
            long pid,
            Supplier<Optional<Long>> leadership,
            AdvertisedUrls urls,
            Duration lease,
            Clock clock) {
        this.guard = new TokenGuard(connections, "omnipaxos:" + clusterId + ":token:");
        this.key = "omnipaxos:" + clusterId + ":leader";
        this.pid = pid;
        this.leadership = leadership;
        this.urls = urls;
        this.lease = lease;
        this.clock = clock;
    }

    /** The name of the key and of the channel. */
    public String key() {
        return key;
    }

    @Override
    public void start() {
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, task -> {
            Thread publisher = new Thread(task, "omnipaxos-" + pid + "-redis-leader");
            publisher.setDaemon(true);
            return publisher;
        });
        started.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        long period = lease.dividedBy(2).toNanos();
        ScheduledFuture<?> unused = started.scheduleWithFixedDelay(this::update, period, period, TimeUnit.NANOSECONDS);
        thread = started;
    }

    @EventListener
    public void elected(LeaderElectedEvent event) {
        updateSoon();
    }

    @EventListener
    public void revoked(LeaderRevokedEvent event) {
        updateSoon();
    }

    private void updateSoon() {
        ScheduledExecutorService running = thread;
        if (running != null) {
            try {
                running.execute(this::update);
            } catch (RejectedExecutionException stopped) {
                // What is published expires.
                LOG.debug("a change of leader is not published any more", stopped);
            }
        }
    }

    private void update() {
        try {
            Optional<Long> token = leadership.get();
            if (token.isPresent()) {
                publish(token.get());
            } else if (published != null) {
                withdraw(published);
            }
            if (failing) {
                LOG.info("The leader is published in Redis again");
            }
            failing = false;
        } catch (StaleTokenException newer) {
            published = null;
            LOG.debug("a newer leader is published already", newer);
        } catch (RuntimeException failure) {
            if (!failing) {
                LOG.warn("The leader cannot be published in Redis; leadership does not depend on it", failure);
            }
            failing = true;
        }
    }

    private void publish(long token) {
        Published before = published;
        Instant since = before != null && before.fencingToken() == token ? before.since() : clock.instant();
        Published now = new Published(pid, urls.of(pid), token, since);
        published = now;
        guard.execute(
                key,
                token,
                PUBLISH,
                List.of(key),
                JsonMapper.shared().writeValueAsString(now),
                String.valueOf(lease.multipliedBy(2).toMillis()));
    }

    private void withdraw(Published own) {
        guard.execute(key, own.fencingToken(), WITHDRAW, List.of(key));
        published = null;
    }

    /** Withdraws what is published if Redis answers within a second; otherwise it expires. */
    @Override
    public void stop() {
        ScheduledExecutorService running = thread;
        thread = null;
        if (running == null) {
            return;
        }
        running.execute(this::update);
        running.shutdown();
        try {
            if (!running.awaitTermination(1, TimeUnit.SECONDS)) {
                running.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            running.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Started after the connections, which have phase 0, and stopped before them and after the node. */
    @Override
    public int getPhase() {
        return 1;
    }
}
