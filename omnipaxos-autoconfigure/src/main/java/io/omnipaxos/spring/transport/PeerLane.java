package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending thread of one lane to one peer: takes what has gathered, sends it as one batch, hands the answer over.
 *
 * <p>What was in a request that failed is dropped, as the protocol repairs it. While the peer is not reachable the lane
 * asks with empty batches, not before something new was to be said and a short time has passed: on the heartbeat lane
 * at each new heartbeat, on the log lane less and less often, as the other lane's success wakes it anyway.
 */
final class PeerLane implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(PeerLane.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final HttpTransportSettings settings;
    private final Lane lane;
    private final PeerLink link;
    private final PeerClient client;
    private final Handover handover;
    private final Counters counters;
    private final LongSupplier nanoTime;

    /** Where answers and news of the peer go. */
    record Handover(Consumer<Batch> received, LongConsumer reconnected) {}

    private int failures;

    /** Since the last success: what fails each time is not told each time. */
    private boolean unexpectedWasLogged;

    private long offersSeen;
    private long notBefore;

    PeerLane(
            HttpTransportSettings settings,
            Lane lane,
            PeerLink link,
            PeerClient client,
            Handover handover,
            Counters counters,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.lane = lane;
        this.link = link;
        this.client = client;
        this.handover = handover;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    @Override
    public void run() {
        try {
            while (!link.isClosed()) {
                if (link.isReachable()) {
                    sendBatch();
                } else {
                    ask();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
        }
    }

    private void sendBatch() throws InterruptedException {
        OutboundQueue queue = link.queue(lane);
        queue.awaitMessage(() -> link.isClosed() || !link.isReachable());
        if (link.isReachable() && !link.isClosed()) {
            List<Envelope> batch = queue.take(settings.maxMessageBytes());
            if (!batch.isEmpty()) {
                exchange(batch);
            }
        }
    }

    /** Sends nothing: messages wait until the peer answers, or leave with an answer to the peer's own request. */
    private void ask() throws InterruptedException {
        OutboundQueue queue = link.queue(lane);
        queue.awaitOfferAfter(offersSeen, notBefore, () -> link.isClosed() || link.isReachable());
        if (!link.isClosed() && !link.isReachable()) {
            offersSeen = queue.offers();
            client.closeConnection();
            exchange(List.of());
        }
    }

    private void exchange(List<Envelope> batch) {
        try {
            long started = nanoTime.getAsLong();
            Batch answer = client.exchange(batch);
            failures = 0;
            unexpectedWasLogged = false;
            counters.sent(batch.size());
            if (link.answered(lane, answer.boot(), nanoTime.getAsLong() - started)) {
                handover.reconnected().accept(link.peer());
            }
            handover.received().accept(answer);
        } catch (PeerFailure failure) {
            failed(batch, failure);
        } catch (RuntimeException unexpected) {
            if (!link.isClosed() && !unexpectedWasLogged) {
                unexpectedWasLogged = true;
                logger.error("Node {}: a request to node {} failed", settings.pid(), link.peer(), unexpected);
            }
            failed(batch, PeerFailure.unreachable("failed on this side: " + unexpected));
        }
    }

    private void failed(List<Envelope> batch, PeerFailure failure) {
        counters.dropped(batch.size());
        if (link.isClosed()) {
            return;
        }
        link.failed(lane, batch.isEmpty() ? PeerFailure.unreachable(failure.words()) : failure);
        notBefore = nanoTime.getAsLong() + pause().toNanos();
        failures++;
    }

    private Duration pause() {
        if (lane == Lane.HEARTBEAT) {
            return settings.electionTimeout().dividedBy(20);
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
