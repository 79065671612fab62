package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.node.AppendException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Commands proposed here whose outcome is open. What was lost on the way, or refused by a node that led no more, is
 * proposed again until its time is over; the log applies it once. Safe for use by any thread.
 */
final class PendingAppends {

    private final long pid;
    private final long boot;
    private final int limit;
    private final long maxBytes;
    private final long timeoutNanos;
    private final long resendNanos;
    private final long graceNanos;
    private final Executor answers;

    private final TreeMap<Long, Pending> open = new TreeMap<>();
    private long openBytes;
    private long lastSequence;
    private boolean closed;

    private static final class Pending {
        private final Command command;
        private final CompletableFuture<Committed> future = new CompletableFuture<>();
        private final long deadlineNanos;
        private @Nullable Ballot proposedTo;
        private long proposedAtNanos;
        private int proposals;
        private boolean queued = true;
        /** Refused as there was no leader, and nowhere in a log for certain. */
        private boolean waitsForLeader;

        private final long leaderlessNanos;

        Pending(Command command, long leaderlessNanos, long deadlineNanos) {
            this.command = command;
            this.leaderlessNanos = leaderlessNanos;
            this.deadlineNanos = deadlineNanos;
        }

        /** Whether it waits for a leader, and is not being proposed either. */
        boolean isLeaderless() {
            return waitsForLeader && !queued;
        }

        boolean isOver(long nowNanos) {
            return nowNanos >= deadlineNanos || (isLeaderless() && nowNanos >= leaderlessNanos);
        }
    }

    /**
     * @param pid this node
     * @param boot its boot counter
     * @param limit how many commands may be open
     * @param maxBytes how many bytes they may take together before more are refused
     * @param timeoutNanos after which a command without an outcome ends as unknown
     * @param resendNanos after which it is proposed again
     * @param graceNanos for how long a command waits for a leader where there is none: a planned change takes less
     * @param answers completes futures: what the application does next must not run on the node's own threads
     */
    PendingAppends(
            long pid,
            long boot,
            int limit,
            long maxBytes,
            long timeoutNanos,
            long resendNanos,
            long graceNanos,
            Executor answers) {
        this.pid = pid;
        this.boot = boot;
        this.limit = limit;
        this.maxBytes = maxBytes;
        this.timeoutNanos = timeoutNanos;
        this.resendNanos = resendNanos;
        this.graceNanos = graceNanos;
        this.answers = answers;
    }

    /** A command that was registered, and how its proposer learns of its outcome. */
    record Registered(Command command, CompletableFuture<Committed> future) {}

    /**
     * Registers a command.
     *
     * @throws AppendException if too many are open, or this node has stopped; nothing is registered
     */
    synchronized Registered register(byte[] payload, long fencingToken, long nowNanos) {
        if (closed) {
            throw new AppendException(Outcome.NO_LEADER, "this node has stopped; the command was not proposed");
        }
        if (open.size() >= limit || openBytes >= maxBytes) {
            throw new AppendException(
                    Outcome.OVERLOADED,
                    open.size() + " commands of this node wait already, with " + openBytes + " bytes; try again later");
        }
        long sequence = ++lastSequence;
        long oldestPending = open.isEmpty() ? sequence : open.firstKey();
        Command command = new Command(new ProposalId(pid, boot, sequence), oldestPending, fencingToken, payload);
        Pending pending = new Pending(command, nowNanos + graceNanos, nowNanos + timeoutNanos);
        open.put(sequence, pending);
        openBytes += command.size();
        return new Registered(command, pending.future);
    }

    /**
     * The command is about to be handed to the replica, which follows this leader.
     *
     * @return false if its outcome is known already: then it must not be proposed
     */
    synchronized boolean proposed(Command command, @Nullable Ballot leader, long nowNanos) {
        Pending pending = open.get(command.id().sequence());
        if (pending != null) {
            pending.proposedTo = leader;
            pending.proposedAtNanos = nowNanos;
            pending.proposals++;
            pending.queued = false;
            pending.waitsForLeader = false;
        }
        return pending != null;
    }

    /** What must be proposed again now. A command in the log of this very leader only needs patience. */
    synchronized List<Command> due(@Nullable Ballot leader, long nowNanos) {
        List<Command> due = new ArrayList<>();
        if (leader == null) {
            return due;
        }
        for (Pending pending : open.values()) {
            boolean inOwnLog = leader.pid() == pid && leader.equals(pending.proposedTo);
            boolean waited = nowNanos - pending.proposedAtNanos >= resendNanos;
            if (!pending.queued && (waited || pending.waitsForLeader) && !inOwnLog) {
                pending.queued = true;
                due.add(pending.command);
            }
        }
        return due;
    }

    void committed(ProposalId id, Committed committed) {
        Pending pending = remove(id);
        if (pending != null) {
            answers.execute(() -> pending.future.complete(committed));
        }
    }

    void stale(ProposalId id, long newestToken) {
        Pending pending = remove(id);
        if (pending != null) {
            fail(
                    pending,
                    Outcome.STALE_TOKEN,
                    "the command carries token " + pending.command.fencingToken() + ", but leadership " + newestToken
                            + " began before it was decided; it was not applied");
        }
    }

    /** Commands that are known to be decided, but of which nothing more will be known, end. */
    void restored(Predicate<ProposalId> covered) {
        for (Pending pending : take(each -> covered.test(each.command.id()))) {
            boolean certain = pending.command.fencingToken() == 0;
            fail(
                    pending,
                    Outcome.UNKNOWN,
                    "the command is in the log, but this node learnt of it with a snapshot, without its result; it was"
                            + " applied" + (certain ? "" : ", unless a newer leadership had begun before it"));
        }
    }

    /** Nobody put the command into the log on account of its last proposal. */
    void refused(ProposalId id, boolean overloaded, boolean byOther, long nowNanos) {
        Pending refused;
        synchronized (this) {
            Pending pending = id.pid() == pid && id.boot() == boot ? open.get(id.sequence()) : null;
            if (pending == null) {
                return;
            }
            if (byOther || pending.proposals > 1) {
                // It may be in the log all the same: proposed again as soon as there is a leader.
                pending.proposedTo = null;
                return;
            }
            if (!overloaded && nowNanos < pending.leaderlessNanos) {
                // The same leader may be there again, with its lease: what it refused is not in its log.
                pending.proposedTo = null;
                pending.waitsForLeader = true;
                pending.proposals = 0;
                return;
            }
            refused = remove(id);
            if (refused == null) {
                return;
            }
        }
        if (overloaded) {
            fail(refused, Outcome.OVERLOADED, "too many entries wait for a decision; try again later");
        } else {
            failWithoutLeader(refused);
        }
    }

    /** Ends what has waited too long. */
    void expire(long nowNanos) {
        String noDecision = "no decision within " + timeoutNanos / 1_000_000 + " ms; ";
        for (Pending pending : take(each -> each.isOver(nowNanos))) {
            if (pending.isLeaderless()) {
                failWithoutLeader(pending);
            } else if (pending.proposals == 0) {
                fail(pending, Outcome.OVERLOADED, noDecision + "the command had to wait and was not proposed");
            } else {
                fail(pending, Outcome.UNKNOWN, noDecision + "the command may be in the log or not");
            }
        }
    }

    /** Ends everything; nothing is registered any more. */
    void close(String reason) {
        List<Pending> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(open.values());
            open.clear();
            openBytes = 0;
        }
        left.forEach(pending -> fail(pending, Outcome.UNKNOWN, reason + "; the command may be in the log or not"));
    }

    private void failWithoutLeader(Pending pending) {
        fail(pending, Outcome.NO_LEADER, "there is no leader that this node could ask; try again later");
    }

    private synchronized List<Pending> take(Predicate<Pending> which) {
        List<Pending> taken = new ArrayList<>();
        open.values().removeIf(pending -> {
            boolean takes = which.test(pending);
            if (takes) {
                openBytes -= pending.command.size();
                taken.add(pending);
            }
            return takes;
        });
        return taken;
    }

    private synchronized @Nullable Pending remove(ProposalId id) {
        Pending removed = id.pid() == pid && id.boot() == boot ? open.remove(id.sequence()) : null;
        if (removed != null) {
            openBytes -= removed.command.size();
        }
        return removed;
    }

    private void fail(Pending pending, Outcome outcome, String message) {
        answers.execute(() -> pending.future.completeExceptionally(new AppendException(outcome, message)));
    }
}
