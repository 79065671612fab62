package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one peer, and the queues of its two lanes.
 *
 * <p>The peer is reachable or not as a whole: when a request on one lane fails, the other lane too asks with an empty
 * batch before it risks messages. What waits meanwhile travels with the answers to the peer's own requests. A change is
 * logged in one line, and one of the same kind not again within a minute. Safe for use by any thread.
 */
final class PeerLink {

    private static final Logger logger = LoggerFactory.getLogger(PeerLink.class);

    /** Enough for a reply that is made while the request waits, too short to hold up the peer's lane. */
    private static final Duration MAX_HOLD = Duration.ofMillis(20);

    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MOST_WARNINGS = 8;

    private final HttpTransportSettings settings;
    private final long peer;
    private final LongSupplier nanoTime;
    private final Map<Lane, OutboundQueue> queues = new EnumMap<>(Lane.class);
    private final Map<Lane, String> errors = new EnumMap<>(Lane.class);

    private volatile boolean reachable;

    /** Whether the last attempt failed; neither this nor reachable before the first one. */
    private volatile boolean failing;

    private volatile boolean closed;
    private @Nullable String peerBoot;
    private @Nullable Long lastContact;
    private @Nullable Duration roundTrip;
    /** When which words were last warned with, the oldest first: two faults may take turns. */
    private final Map<String, Long> warned = new LinkedHashMap<>();

    /** Whether the present outage was logged, and so its end shall be. */
    private boolean endToBeLogged = true;

    PeerLink(HttpTransportSettings settings, long peer, LongSupplier nanoTime, Counters counters) {
        this.settings = settings;
        this.peer = peer;
        this.nanoTime = nanoTime;
        long maxBytes = settings.maxMessageBytes();
        queues.put(Lane.HEARTBEAT, new OutboundQueue(Lane.HEARTBEAT, maxBytes, nanoTime, counters));
        queues.put(Lane.LOG, new OutboundQueue(Lane.LOG, 8 * maxBytes, nanoTime, counters));
    }

    long peer() {
        return peer;
    }

    OutboundQueue queue(Lane lane) {
        return Objects.requireNonNull(queues.get(lane));
    }

    void offer(Envelope envelope) {
        queue(Lane.of(envelope.message())).offer(envelope);
    }

    boolean isReachable() {
        return reachable;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * What may travel with the answer to a request of the peer. Unless the peer cannot be reached, that is no part of the
     * log, which would overtake what is on its way.
     */
    List<Envelope> takeForAnswer(Lane lane) {
        long fitting = settings.maxMessageBytes();
        if (!failing) {
            return lane == Lane.HEARTBEAT ? queue(lane).take(fitting) : List.of();
        }
        long hold = Math.min(
                MAX_HOLD.toNanos(), settings.electionTimeout().dividedBy(20).toNanos());
        try {
            queue(lane).awaitMessage(hold, () -> closed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        List<Envelope> waiting = new ArrayList<>(queue(lane).take(fitting));
        if (lane == Lane.HEARTBEAT && waiting.isEmpty()) {
            // The peer may have no reason to ask on the log lane.
            waiting.addAll(queue(Lane.LOG).take(fitting / 4));
        }
        return waiting;
    }

    /** The peer sent something by itself. */
    synchronized void heard() {
        lastContact = nanoTime.getAsLong();
    }

    /**
     * The peer answered.
     *
     * @return whether it did so for the first time, after a failure, or after it was started anew
     */
    boolean answered(Lane lane, String boot, long roundTripNanos) {
        boolean wasReachable;
        boolean again;
        synchronized (this) {
            wasReachable = reachable;
            again = !reachable || !boot.equals(peerBoot);
            lastContact = nanoTime.getAsLong();
            roundTrip = Duration.ofNanos(roundTripNanos);
            peerBoot = boot;
            errors.remove(lane);
            failing = false;
            if (!wasReachable) {
                errors.clear();
                reachable = true;
                if (endToBeLogged) {
                    logger.info("Node {} reaches node {}", settings.pid(), peer);
                }
                endToBeLogged = false;
            }
        }
        if (!wasReachable) {
            queues.values().forEach(this::dropStale);
            queues.values().forEach(OutboundQueue::wake);
        }
        return again;
    }

    /** A request failed. */
    void failed(Lane lane, PeerFailure failure) {
        boolean wasReachable;
        synchronized (this) {
            wasReachable = reachable;
            errors.put(lane, failure.words());
            if (failure.peerAnswers()) {
                lastContact = nanoTime.getAsLong();
                if (mayWarn(failure.words())) {
                    logger.warn("Node {}: node {} refused messages: {}", settings.pid(), peer, failure.words());
                }
                return;
            }
            boolean first = wasReachable || warned.isEmpty();
            reachable = false;
            failing = true;
            if (first) {
                endToBeLogged = mayWarn(failure.words());
                if (endToBeLogged) {
                    logger.warn("Node {} cannot reach node {}: {}", settings.pid(), peer, failure.words());
                }
            }
        }
        queues.values().forEach(this::dropStale);
        if (wasReachable) {
            queues.values().forEach(OutboundQueue::wake);
        }
    }

    synchronized PeerConnection connection() {
        if (lastContact == null && errors.isEmpty()) {
            return PeerConnection.UNTRIED;
        }
        Duration silence = lastContact == null ? null : Duration.ofNanos(nanoTime.getAsLong() - lastContact);
        String error = errors.values().stream().findFirst().orElse(null);
        return new PeerConnection(reachable, silence, roundTrip, error);
    }

    /** Ends all waiting. */
    void close() {
        closed = true;
        queues.values().forEach(OutboundQueue::wake);
    }

    void clear(Counters counters) {
        queues.values().forEach(queue -> counters.dropped(queue.clear()));
    }

    /** Two election timeouts on, the protocol has repeated or replaced what waits. */
    private void dropStale(OutboundQueue queue) {
        queue.dropOlderThan(settings.electionTimeout().multipliedBy(2).toNanos());
    }

    private boolean mayWarn(String words) {
        long now = nanoTime.getAsLong();
        String kind = kindOf(words);
        warned.values().removeIf(at -> now - at >= QUIET.toNanos());
        if (warned.containsKey(kind)) {
            return false;
        }
        if (warned.size() >= MOST_WARNINGS) {
            warned.remove(warned.keySet().iterator().next());
        }
        warned.put(kind, now);
        return true;
    }

    /** A status, or what became of the connection. What follows may be of somebody else, and be new each time. */
    private static String kindOf(String words) {
        return words.split(":", 2)[0];
    }
}
