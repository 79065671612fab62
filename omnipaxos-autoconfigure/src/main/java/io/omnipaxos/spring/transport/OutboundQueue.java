package io.omnipaxos.spring.transport;

import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The messages that wait for one lane to one peer, bounded in bytes. Safe for use by any thread.
 *
 * <p>On the heartbeat lane a newer heartbeat takes the place of a waiting one of the same kind, and when there is no
 * room the oldest message goes: the newest says most. On the log lane the newest is refused: what waits stays without
 * gaps, and the protocol repeats what is missing at its end. What waits for a node that is no member is kept like
 * heartbeats, since it answers questions: the last one is the one that the node waits for.
 */
final class OutboundQueue {

    /** A newer one of these says all that an older one of the same set does. */
    private static final List<Set<Class<? extends Message>>> REPLACEABLE = List.of(
            Set.of(HeartbeatRequest.class),
            Set.of(HeartbeatReply.class),
            Set.of(LeaderHeartbeat.class),
            Set.of(HeartbeatAnswer.class),
            Set.of(Decided.class, SnapshotPiece.class));

    private final Lane lane;
    private final long maxBytes;
    private final LongSupplier nanoTime;
    private final Counters counters;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;
    private long offers;

    OutboundQueue(Lane lane, long maxBytes, LongSupplier nanoTime, Counters counters) {
        this.lane = lane;
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.counters = counters;
    }

    private record Waiting(Envelope envelope, long size, long since) {}

    void offer(Envelope envelope) {
        Waiting newest = new Waiting(envelope, MessageSize.of(envelope.message()), nanoTime.getAsLong());
        lock.lock();
        try {
            offers++;
            if (lane == Lane.HEARTBEAT) {
                removeReplacedBy(envelope.message());
                while (!waiting.isEmpty() && bytes + newest.size > maxBytes) {
                    removeOldest();
                    counters.dropped(1);
                }
            } else if (!waiting.isEmpty() && bytes + newest.size > maxBytes) {
                counters.dropped(1);
                return;
            }
            waiting.addLast(newest);
            bytes += newest.size;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes messages in order, as many as fit; a single one that is too large is taken alone. */
    List<Envelope> take(long fitting) {
        List<Envelope> taken = new ArrayList<>();
        lock.lock();
        try {
            long size = MessageSize.BATCH;
            while (!waiting.isEmpty() && (taken.isEmpty() || size + waiting.getFirst().size <= fitting)) {
                size += waiting.getFirst().size;
                taken.add(removeOldest().envelope);
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** How many messages were offered so far. */
    long offers() {
        lock.lock();
        try {
            return offers;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a message or something else ends the wait, see {@link #wake()}. */
    void awaitMessage(BooleanSupplier ended) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended.getAsBoolean()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #awaitMessage(BooleanSupplier)}, for a bounded time. */
    void awaitMessage(long nanos, BooleanSupplier ended) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (waiting.isEmpty() && left > 0 && !ended.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until more was offered than this and the time has come, or something else ends the wait. */
    void awaitOfferAfter(long offersSeen, long notBefore, BooleanSupplier ended) throws InterruptedException {
        lock.lock();
        try {
            while (!ended.getAsBoolean()) {
                long left = notBefore - nanoTime.getAsLong();
                if (left > 0) {
                    changed.awaitNanos(left);
                } else if (offers > offersSeen) {
                    return;
                } else {
                    changed.await();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until more was offered than this, for a bounded time. */
    void awaitOffer(long offersSeen, long nanos, BooleanSupplier ended) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (offers <= offersSeen && left > 0 && !ended.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets those who wait look again at what ends their wait. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits for longer than this; the protocol has repeated it long since. */
    void dropOlderThan(long nanos) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            while (!waiting.isEmpty() && now - waiting.getFirst().since > nanos) {
                removeOldest();
                counters.dropped(1);
            }
        } finally {
            lock.unlock();
        }
    }

    int clear() {
        lock.lock();
        try {
            int dropped = waiting.size();
            waiting.clear();
            bytes = 0;
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void removeReplacedBy(Message newer) {
        for (Set<Class<? extends Message>> alike : REPLACEABLE) {
            if (alike.contains(newer.getClass())) {
                removeOneOf(alike);
            }
        }
    }

    private void removeOneOf(Set<Class<? extends Message>> alike) {
        for (Waiting older : waiting) {
            if (alike.contains(older.envelope.message().getClass())) {
                waiting.remove(older);
                bytes -= older.size;
                counters.replaced();
                return;
            }
        }
    }

    private Waiting removeOldest() {
        Waiting oldest = waiting.removeFirst();
        bytes -= oldest.size;
        return oldest;
    }
}
