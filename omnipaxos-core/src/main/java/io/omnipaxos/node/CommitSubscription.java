package io.omnipaxos.node;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.LogReader;
import io.omnipaxos.log.SnapshotInfo;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber to the commands that were applied here. It judges the entries of the log again, from the beginning or
 * from a snapshot before the index that is wanted, and so passes on what the state machine was given and nothing else.
 * Holds one piece of the log at most, and asks for the next one when its subscriber has taken that.
 *
 * <p>Whatever happens raises {@code signals}; whoever raises it from zero runs {@link #run}, so that only one thread at
 * once works with the rest.
 */
final class CommitSubscription implements Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(CommitSubscription.class);

    private final CommitStream stream;
    private final LogReader storage;
    private final long fromIndex;
    private final Flow.Subscriber<? super CommittedCommand> subscriber;
    private final Executor answers;

    private final AtomicInteger signals = new AtomicInteger(1);
    private final AtomicLong demand = new AtomicLong();
    private final AtomicReference<@Nullable RuntimeException> ending = new AtomicReference<>();
    private volatile CommitStream.@Nullable Piece arrived;
    private volatile boolean cancelled;
    private volatile boolean atTheEnd;

    // whose turn it is
    private final Deque<CommittedCommand> judged = new ArrayDeque<>();
    private @Nullable CommandFilter filter;
    private long next = 1;
    private boolean asked;
    private boolean over;

    CommitSubscription(
            CommitStream stream,
            LogReader storage,
            long fromIndex,
            Flow.Subscriber<? super CommittedCommand> subscriber,
            Executor answers) {
        this.stream = stream;
        this.storage = storage;
        this.fromIndex = fromIndex;
        this.subscriber = subscriber;
        this.answers = answers;
    }

    /** Tells the subscriber; nothing else reaches it before that has returned. */
    void begin() {
        try {
            subscriber.onSubscribe(this);
        } catch (RuntimeException | Error failure) {
            stream.remove(this);
            throw failure;
        }
        answers.execute(this::run);
    }

    @Override
    public void request(long count) {
        if (count < 1) {
            end(new IllegalArgumentException("a subscriber requests at least one command, not " + count));
        } else {
            demand.accumulateAndGet(count, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
            signal();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        signal();
    }

    /** Ends the subscription with an error, unless it has ended. Any thread. */
    void end(RuntimeException reason) {
        ending.compareAndSet(null, reason);
        signal();
    }

    /** What was asked for. The loop's. */
    void arrived(CommitStream.Piece piece) {
        arrived = piece;
        signal();
    }

    /** The loop's. */
    void moreIsReadable() {
        if (atTheEnd) {
            signal();
        }
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            answers.execute(this::run);
        }
    }

    private void run() {
        int seen = signals.get();
        while (seen != 0) {
            if (!over) {
                advance();
            }
            seen = signals.addAndGet(-seen);
        }
    }

    private void advance() {
        CommitStream.Piece piece = arrived;
        if (piece != null) {
            arrived = null;
            asked = false;
            judge(piece);
        }
        deliver();
        RuntimeException reason = ending.get();
        if (cancelled) {
            over();
        } else if (reason != null) {
            over();
            subscriber.onError(reason);
        } else if (judged.isEmpty() && demand.get() > 0 && !asked) {
            readOn();
        }
    }

    private void judge(CommitStream.Piece piece) {
        CommandFilter judging = filter;
        if (judging == null) {
            return;
        }
        if (next <= piece.compactedIndex()) {
            // Nothing is lost as long as nothing that is wanted is gone: a newer snapshot tells what was before.
            filter = null;
            if (fromIndex <= piece.compactedIndex()) {
                end(new CompactedException(Math.max(fromIndex, next), piece.compactedIndex() + 1));
            }
        }
        for (LogEntry entry : piece.entries()) {
            boolean applied = judging.judge(next, entry) == CommandFilter.Verdict.APPLIED;
            if (applied && next >= fromIndex && entry instanceof Command command) {
                judged.add(new CommittedCommand(next, command));
            }
            next++;
        }
    }

    private void deliver() {
        while (!judged.isEmpty() && demand.get() > 0 && !cancelled && ending.get() == null) {
            demand.decrementAndGet();
            CommittedCommand command = judged.remove();
            try {
                subscriber.onNext(command);
            } catch (RuntimeException | Error failure) {
                LOG.error("a subscriber failed at index {}; its subscription is cancelled", command.index(), failure);
                cancelled = true;
            }
        }
    }

    private void readOn() {
        try {
            if (filter == null) {
                start();
            }
        } catch (IOException | RuntimeException unreadable) {
            end(new IllegalStateException("what was before index " + fromIndex + " cannot be read", unreadable));
            return;
        }
        atTheEnd = next > stream.readableThrough();
        // Once more, as the loop looks for who is at the end after it has raised the index.
        if (!atTheEnd || next <= stream.readableThrough()) {
            atTheEnd = false;
            asked = true;
            stream.read(this, next);
        }
    }

    /** As near before the first index that is wanted as there is a snapshot. */
    private void start() throws IOException {
        SnapshotInfo before = lastSnapshotBefore(fromIndex);
        while (before != null && filter == null) {
            try {
                filter = CommandFilter.readFrom(
                        new DataInputStream(new SnapshotSource(storage, before, () -> cancelled)));
                next = before.index() + 1;
            } catch (IOException unreadable) {
                SnapshotInfo now = lastSnapshotBefore(fromIndex);
                if (before.equals(now)) {
                    throw unreadable;
                }
                // A newer one has taken its place meanwhile.
                before = now;
            }
        }
        if (filter == null) {
            filter = new CommandFilter();
            next = 1;
        }
    }

    private @Nullable SnapshotInfo lastSnapshotBefore(long index) {
        SnapshotInfo last = null;
        for (SnapshotInfo snapshot : storage.snapshots()) {
            if (snapshot.index() < index) {
                last = snapshot;
            }
        }
        return last;
    }

    private void over() {
        over = true;
        judged.clear();
        stream.remove(this);
    }
}
