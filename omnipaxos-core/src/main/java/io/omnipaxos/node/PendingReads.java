package io.omnipaxos.node;

import io.omnipaxos.node.AppendException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Reads that wait for the leader's answer, or until enough is applied here. Safe for use by any thread. */
final class PendingReads {

    private final int limit;
    private final long timeoutNanos;
    private final long resendNanos;
    private final long graceNanos;
    private final Executor answers;
    private final TreeMap<Long, Read> open = new TreeMap<>();
    private long lastNumber;
    private boolean closed;

    private static final class Read {
        private final CompletableFuture<Long> future = new CompletableFuture<>();
        private final long deadlineNanos;
        private final long leaderlessNanos;
        private long askedAtNanos;
        /** There was no leader when it was asked last. */
        private boolean waitsForLeader;

        /** Up to where to apply, or -1 until the leader answered. */
        private long index = -1;

        Read(long nowNanos, long leaderlessNanos, long deadlineNanos) {
            this.askedAtNanos = nowNanos;
            this.leaderlessNanos = leaderlessNanos;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** @param graceNanos for how long a read waits for a leader where there is none */
    PendingReads(int limit, long timeoutNanos, long resendNanos, long graceNanos, Executor answers) {
        this.limit = limit;
        this.timeoutNanos = timeoutNanos;
        this.resendNanos = resendNanos;
        this.graceNanos = graceNanos;
        this.answers = answers;
    }

    /** A read that was registered. */
    record Registered(long number, CompletableFuture<Long> future) {}

    synchronized Registered register(long nowNanos) {
        if (closed) {
            throw new AppendException(Outcome.NO_LEADER, "this node has stopped");
        }
        if (open.size() >= limit) {
            throw new AppendException(Outcome.OVERLOADED, limit + " reads of this node wait already; try again later");
        }
        Read read = new Read(nowNanos, nowNanos + graceNanos, nowNanos + timeoutNanos);
        open.put(++lastNumber, read);
        return new Registered(lastNumber, read.future);
    }

    /** The numbers of reads whose question must be asked again. */
    synchronized List<Long> due(long nowNanos) {
        List<Long> due = new ArrayList<>();
        open.forEach((number, read) -> {
            boolean waited = nowNanos - read.askedAtNanos >= resendNanos;
            if (read.index < 0 && (waited || read.waitsForLeader)) {
                read.waitsForLeader = false;
                read.askedAtNanos = nowNanos;
                due.add(number);
            }
        });
        return due;
    }

    /** The leader has answered; what is applied already must be told again with {@link #appliedThrough} afterwards. */
    void answered(long number, long index, long nowNanos) {
        Read unanswerable = null;
        synchronized (this) {
            Read read = open.get(number);
            if (read != null && index < 0 && nowNanos < read.leaderlessNanos) {
                read.waitsForLeader = true;
            } else if (read != null && index < 0) {
                open.remove(number);
                unanswerable = read;
            } else if (read != null) {
                read.index = index;
            }
        }
        if (unanswerable != null) {
            fail(unanswerable, Outcome.NO_LEADER, "there is no leader that this node could ask; try again later");
        }
    }

    void appliedThrough(long index) {
        take(read -> read.index >= 0 && read.index <= index)
                .forEach(read -> answers.execute(() -> read.future.complete(index)));
    }

    void expire(long nowNanos) {
        String late = "no answer within " + timeoutNanos / 1_000_000 + " ms";
        take(read -> nowNanos >= read.deadlineNanos).forEach(read -> fail(read, Outcome.UNKNOWN, late));
    }

    void close(String reason) {
        synchronized (this) {
            closed = true;
        }
        take(read -> true).forEach(read -> fail(read, Outcome.UNKNOWN, reason));
    }

    private void fail(Read read, Outcome outcome, String message) {
        answers.execute(() -> read.future.completeExceptionally(new AppendException(outcome, message)));
    }

    private synchronized List<Read> take(Predicate<Read> which) {
        List<Read> taken = open.values().stream().filter(which).toList();
        open.values().removeAll(taken);
        return taken;
    }
}
