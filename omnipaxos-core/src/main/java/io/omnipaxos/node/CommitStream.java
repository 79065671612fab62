package io.omnipaxos.node;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.storage.Storage;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions to the commands that were applied here. Each is fed from the storage by its own demand; the loop
 * reads for it, a little at a time, and holds nothing for anybody.
 */
final class CommitStream {

    static final int MAX_SUBSCRIPTIONS = 64;
    /** Small, as the loop does nothing else while it reads. */
    private static final long PIECE_BYTES = 1 << 16;

    private final Storage storage;
    private final Executor loop;
    private final Executor answers;
    private final Set<CommitSubscription> open = ConcurrentHashMap.newKeySet();
    private volatile long readableThrough;
    private @Nullable String closed;

    /**
     * @param loop runs tasks on the loop's thread, as long as that runs
     * @param answers where subscribers are called
     */
    CommitStream(Storage storage, Executor loop, Executor answers) {
        this.storage = storage;
        this.loop = loop;
        this.answers = answers;
    }

    /** Any thread. */
    void subscribe(long fromIndex, Flow.Subscriber<? super CommittedCommand> subscriber) {
        CommitSubscription subscription =
                new CommitSubscription(this, storage, fromIndex, Objects.requireNonNull(subscriber), answers);
        String refusal = add(subscription);
        if (refusal == null) {
            subscription.begin();
        } else {
            refuse(subscriber, refusal);
        }
    }

    /** Ends a subscription before it has begun. */
    static void refuse(Flow.Subscriber<?> subscriber, String reason) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                // There is nothing to come.
            }

            @Override
            public void cancel() {
                // It is over already.
            }
        });
        subscriber.onError(new IllegalStateException(reason));
    }

    /** Everything up to this index may be read. The loop's. */
    void moreIsReadable(long index) {
        if (index > readableThrough) {
            readableThrough = index;
            open.forEach(CommitSubscription::moreIsReadable);
        }
    }

    /** Any thread. */
    long readableThrough() {
        return readableThrough;
    }

    /** Reads on from an index, soon, and tells the subscription. Any thread. */
    void read(CommitSubscription subscription, long from) {
        loop.execute(() -> {
            try {
                subscription.arrived(read(from));
            } catch (RuntimeException unreadable) {
                // The loop itself does not depend on what is read for others.
                subscription.end(new IllegalStateException(
                        "the log cannot be read from index " + from + ": " + unreadable.getMessage(), unreadable));
            }
        });
    }

    void remove(CommitSubscription subscription) {
        open.remove(subscription);
    }

    /** Ends all subscriptions, and refuses new ones. Any thread. */
    void close(String reason) {
        synchronized (this) {
            closed = reason;
        }
        String words = reason + "; subscribe again, from behind the last index that arrived";
        open.forEach(subscription -> subscription.end(new IllegalStateException(words)));
    }

    private synchronized @Nullable String add(CommitSubscription subscription) {
        if (closed != null) {
            return closed;
        }
        if (open.size() >= MAX_SUBSCRIPTIONS) {
            return MAX_SUBSCRIPTIONS + " subscriptions to commands are open already; cancel one of them first";
        }
        open.add(subscription);
        return null;
    }

    private Piece read(long from) {
        long compacted = storage.state().compactedIndex();
        long through = readableThrough;
        List<LogEntry> entries =
                from <= compacted || from > through ? List.of() : storage.read(from, through, PIECE_BYTES);
        return new Piece(compacted, entries);
    }

    /**
     * What the loop has read.
     *
     * @param compactedIndex up to where there are no entries any more
     * @param entries from the index that was asked for, none if they are not there any more
     */
    record Piece(long compactedIndex, List<LogEntry> entries) {}
}
