package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets leader-only work in while the lease holds, and knows what is running. The check and the count are ordered so that
 * work is either seen by the drain or refused: it is counted first and checked afterwards.
 */
final class Admissions {

    private final Host host;
    private final Supplier<NotLeaderException> refusal;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    // Not static: two nodes in one process must not see each other's work.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Running> bound = new ThreadLocal<>();

    private volatile @Nullable Lease lease;
    private volatile boolean closed;
    private volatile Ballot endingBallot = Ballot.NONE;
    private final Queue<Drain> drains = new ConcurrentLinkedQueue<>();

    Admissions(Host host, Supplier<NotLeaderException> refusal) {
        this.host = host;
        this.refusal = refusal;
    }

    /** From now on this lease is what answers. */
    void publish(@Nullable Lease published) {
        lease = published;
        host.published(published);
    }

    /** Lets nothing in any more while this ballot is led. */
    void stopFor(Ballot ballot) {
        endingBallot = ballot;
    }

    /** Lets nothing in any more. */
    void close() {
        closed = true;
    }

    /** The lease under which work would be admitted now, or null. */
    @Nullable
    Lease usableLease() {
        Lease present = lease;
        boolean usable =
                present != null && !closed && !present.ballot().equals(endingBallot) && present.holdsAt(host.now());
        return usable ? present : null;
    }

    /** The lease as far as it holds, also while nothing is let in. */
    @Nullable
    Lease heldLease() {
        Lease present = lease;
        return present != null && present.holdsAt(host.now()) ? present : null;
    }

    Admission admit() {
        Running work = new Running();
        running.add(work);
        Lease usable = usableLease();
        Lease present = usable == null ? leaseOfSurroundingWork() : usable;
        if (present == null) {
            work.close();
            throw refusal.get();
        }
        work.fencingToken = present.fencingToken();
        work.ballot = present.ballot();
        return work;
    }

    /**
     * The lease of the work that the calling thread is running, null if there is none: what runs may go on to other
     * work while nothing new is let in. Not while a drain looks at what is running: it could miss both, the one that
     * comes and the one that ends after it.
     */
    private synchronized @Nullable Lease leaseOfSurroundingWork() {
        Running surrounding = bound.get();
        Lease held = heldLease();
        boolean isPart = surrounding != null
                && !surrounding.over
                && held != null
                && held.fencingToken() == surrounding.fencingToken;
        return isPart ? held : null;
    }

    /** The token of the work that the calling thread is running. */
    long boundToken() {
        Running work = bound.get();
        if (work == null || work.over) {
            throw refusal.get();
        }
        return work.fencingToken;
    }

    /** The token of the work that the calling thread is running, 0 if it runs none. */
    long boundTokenOrNone() {
        Running work = bound.get();
        if (work != null && work.over) {
            throw refusal.get();
        }
        return work == null ? 0 : work.fencingToken;
    }

    /**
     * Completes once nothing of this leadership and of those before it is running. Call when nothing of them is let in
     * any more.
     */
    CompletableFuture<Void> drained(Ballot last) {
        Drain drain = new Drain(last, new CompletableFuture<>());
        drains.add(drain);
        completeDrained();
        return drain.done();
    }

    /** Interrupts what still runs of this leadership and of those before it, and names it. */
    List<String> interruptRunning(Ballot last) {
        List<String> names = new ArrayList<>();
        for (Running work : running) {
            if (work.isOf(last)) {
                names.add(work.interrupt());
            }
        }
        return names;
    }

    private void completeDrained() {
        if (drains.isEmpty()) {
            return;
        }
        List<Drain> over = drainsWithoutWork();
        drains.removeAll(over);
        over.forEach(drain -> drain.done().complete(null));
    }

    private synchronized List<Drain> drainsWithoutWork() {
        return drains.stream()
                .filter(drain -> running.stream().noneMatch(work -> work.isOf(drain.last())))
                .toList();
    }

    /** Whoever waits for the end of work. */
    private record Drain(Ballot last, CompletableFuture<Void> done) {}

    private final class Running implements Admission {

        private volatile boolean over;
        private volatile long fencingToken;
        private volatile Ballot ballot = Ballot.NONE;
        private @Nullable Thread thread;
        private boolean interrupted;

        /** Whether it was let in under this ballot or one before; also if it may yet be refused. */
        boolean isOf(Ballot last) {
            return !ballot.isAbove(last);
        }

        @Override
        public long fencingToken() {
            return fencingToken;
        }

        @Override
        public Scope bind() {
            Running before = bound.get();
            Thread binding = Thread.currentThread();
            bound.set(this);
            occupy(binding);
            return () -> {
                boolean wasInterrupted = leave();
                if (before != null) {
                    bound.set(before);
                } else {
                    bound.remove();
                    if (wasInterrupted) {
                        // Work that took no notice of it must not leave it to what the thread does next.
                        boolean unused = Thread.interrupted();
                    }
                }
            };
        }

        @Override
        public void close() {
            over = true;
            running.remove(this);
            completeDrained();
        }

        private synchronized void occupy(Thread occupant) {
            thread = occupant;
        }

        /** Whether it was interrupted since it was bound. */
        private synchronized boolean leave() {
            boolean wasInterrupted = interrupted;
            thread = null;
            interrupted = false;
            return wasInterrupted;
        }

        /** Only while the thread is surely at this work, so that no later work of it is hit. */
        private synchronized String interrupt() {
            Thread occupant = thread;
            if (occupant == null) {
                return "work without a thread, admitted with token " + fencingToken;
            }
            occupant.interrupt();
            interrupted = true;
            return "thread " + occupant.getName() + ", admitted with token " + fencingToken;
        }
    }
}
