package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for nodes that are no members: one that is to join, or was removed. Nobody need know where such a node is:
 * what it is told leaves with the answer to its own next request. One that asks for a piece of the log is let wait a
 * little for that very piece, or it would get one for each of its resend timeouts only.
 *
 * <p>Bounded: a few nodes, of which the one heard longest ago makes room; for each as many bytes as one answer takes,
 * where the oldest message makes room, for as long as a request may take; and few requests that wait at once, since each
 * holds a thread of the server. Safe for use by any thread.
 */
final class Strangers {

    static final int MAX_NODES = 16;
    static final int MAX_WAITING = 4;

    private static final Logger logger = LoggerFactory.getLogger(Strangers.class);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final float LOAD_FACTOR = 0.75f;

    private final HttpTransportSettings settings;
    private final LongSupplier nanoTime;
    private final Counters counters;
    private final Duration hold;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile boolean closed;

    /** The one heard longest ago first. Guarded by this. */
    private final Map<Long, Stranger> strangers = new LinkedHashMap<>(MAX_NODES, LOAD_FACTOR, true);

    private static final class Stranger {
        private final OutboundQueue queue;
        private long heard;

        private Stranger(OutboundQueue queue) {
            this.queue = queue;
        }
    }

    Strangers(HttpTransportSettings settings, LongSupplier nanoTime, Counters counters) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.counters = counters;
        Duration quarter = settings.electionTimeout().dividedBy(4);
        Duration quarterOfRequest = settings.requestTimeout().dividedBy(4);
        this.hold = quarter.compareTo(quarterOfRequest) < 0 ? quarter : quarterOfRequest;
    }

    /**
     * Handles a batch of a node that is no member.
     *
     * @param handle hands the batch over
     * @return what leaves with the answer
     */
    List<Envelope> exchange(Batch batch, Lane lane, Runnable handle) {
        OutboundQueue queue = heard(batch.from());
        long offersBefore = queue.offers();
        handle.run();
        boolean asks = lane == Lane.LOG && !batch.envelopes().isEmpty();
        if (asks && waiting.tryAcquire()) {
            try {
                queue.awaitOffer(offersBefore, hold.toNanos(), () -> closed);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } finally {
                waiting.release();
            }
        }
        return queue.take(settings.maxMessageBytes());
    }

    /**
     * Keeps a message until the node asks; one for a node that has not asked lately is dropped. In one piece, or it could
     * be put down where nobody looks any more.
     */
    synchronized void offer(Envelope envelope) {
        OutboundQueue queue = queueOf(envelope.to());
        if (queue == null) {
            counters.dropped(1);
        } else {
            queue.offer(envelope);
        }
    }

    /** The node is a member from now on: what waits for it is the caller's. */
    synchronized List<Envelope> remove(long pid) {
        Stranger stranger = strangers.remove(pid);
        return stranger == null ? List.of() : stranger.queue.take(Long.MAX_VALUE);
    }

    /** Forgets those that ask no more, with what waits for them. */
    synchronized void forgetSilent() {
        long now = nanoTime.getAsLong();
        for (Iterator<Stranger> oldestFirst = strangers.values().iterator(); oldestFirst.hasNext(); ) {
            Stranger oldest = oldestFirst.next();
            if (now - oldest.heard <= SILENCE.toNanos()) {
                return;
            }
            oldestFirst.remove();
            counters.dropped(oldest.queue.clear());
        }
    }

    /** How many more requests may wait. */
    int freeToWait() {
        return waiting.availablePermits();
    }

    /** Ends all waiting. */
    synchronized void close() {
        closed = true;
        strangers.values().forEach(stranger -> {
            stranger.queue.wake();
            counters.dropped(stranger.queue.clear());
        });
        strangers.clear();
    }

    private synchronized OutboundQueue heard(long pid) {
        forgetSilent();
        Stranger stranger = strangers.computeIfAbsent(pid, this::welcome);
        stranger.heard = nanoTime.getAsLong();
        if (strangers.size() > MAX_NODES) {
            long longestAgo = strangers.keySet().iterator().next();
            counters.dropped(remove(longestAgo).size());
        }
        stranger.queue.dropOlderThan(settings.requestTimeout().toNanos());
        return stranger.queue;
    }

    private Stranger welcome(long pid) {
        if (strangers.size() < MAX_NODES) {
            logger.info(
                    "Node {} answers node {}, which is no member of the cluster: one that is to join or was removed, or"
                            + " whose pid is wrong",
                    settings.pid(),
                    pid);
        }
        return new Stranger(new OutboundQueue(Lane.HEARTBEAT, settings.maxMessageBytes(), nanoTime, counters));
    }

    private @Nullable OutboundQueue queueOf(long pid) {
        forgetSilent();
        for (Map.Entry<Long, Stranger> entry : strangers.entrySet()) {
            // Not get(), which would count as having been heard.
            if (entry.getKey() == pid) {
                return entry.getValue().queue;
            }
        }
        return null;
    }
}
