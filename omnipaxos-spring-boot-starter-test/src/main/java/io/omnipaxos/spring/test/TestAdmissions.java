package io.omnipaxos.spring.test;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets leader-only work in and knows what is running, by the rules of a node but without a clock. Safe for use by any
 * thread.
 */
class TestAdmissions {

    private final Set<Work> running = ConcurrentHashMap.newKeySet();
    private final CopyOnWriteArrayList<Drain> drains = new CopyOnWriteArrayList<>();
    // Not static: contexts in one process must not see each other's work.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Work> bound = new ThreadLocal<>();

    /** Of the leadership that admits, 0 if there is none. */
    private volatile long admittedToken;

    private record Drain(long token, CompletableFuture<Void> done) {}

    /** From now on work is let in with this token, positive. */
    void open(long token) {
        admittedToken = token;
    }

    /** From now on nothing is let in. */
    void close() {
        admittedToken = 0;
    }

    boolean isOpen() {
        return admittedToken != 0;
    }

    /** Tests come in between when this is read and what is made of it. */
    long admittedToken() {
        return admittedToken;
    }

    /**
     * Counts first and checks afterwards: a drain sees the work, or it is refused.
     *
     * @param holdsLease whether work with a token that is running may go on to other work while nothing new is let in
     */
    Admission admit(LongPredicate holdsLease, Supplier<NotLeaderException> refusal) {
        Work work = new Work();
        running.add(work);
        long admitted = admittedToken();
        long token = admitted == 0 ? tokenOfSurroundingWork(holdsLease) : admitted;
        if (token == 0) {
            work.close();
            throw refusal.get();
        }
        work.token = token;
        // A drain may have waited for this work while its token was unknown.
        completeDrains();
        return work;
    }

    /** Not while a drain looks at what is running: it could miss what comes and what ends after it. */
    private synchronized long tokenOfSurroundingWork(LongPredicate holdsLease) {
        Work surrounding = bound.get();
        boolean goesOn = surrounding != null && !surrounding.over && holdsLease.test(surrounding.token);
        return goesOn ? surrounding.token : 0;
    }

    /**
     * The token of the work that the calling thread is running.
     *
     * @throws NotLeaderException if it runs none, or its admission is over
     */
    long boundToken(Supplier<NotLeaderException> refusal) {
        Work work = bound.get();
        if (work == null || work.over) {
            throw refusal.get();
        }
        return work.token;
    }

    /**
     * As {@link #boundToken}, but 0 outside leader-only work.
     *
     * @throws NotLeaderException if the work's admission is over
     */
    long boundTokenOrNone(Supplier<NotLeaderException> refusal) {
        return bound.get() == null ? 0 : boundToken(refusal);
    }

    /** Completes once nothing runs any more that was let in with this token. Call when that is closed. */
    CompletableFuture<Void> drained(long token) {
        Drain drain = new Drain(token, new CompletableFuture<>());
        drains.add(drain);
        completeDrains();
        return drain.done();
    }

    private void completeDrains() {
        for (Drain drain : drains) {
            if (isWithoutWork(drain)) {
                drains.remove(drain);
                drain.done().complete(null);
            }
        }
    }

    private synchronized boolean isWithoutWork(Drain drain) {
        return running.stream().noneMatch(work -> work.mayBeOf(drain.token()));
    }

    private final class Work implements Admission {

        private volatile boolean over;
        private volatile long token;

        /** Also while it is not known which leadership lets it in, if one does. */
        boolean mayBeOf(long leadership) {
            return token == 0 || token == leadership;
        }

        @Override
        public long fencingToken() {
            return token;
        }

        @Override
        public Scope bind() {
            Work before = bound.get();
            bound.set(this);
            return () -> {
                if (before == null) {
                    bound.remove();
                } else {
                    bound.set(before);
                }
            };
        }

        @Override
        public void close() {
            over = true;
            running.remove(this);
            completeDrains();
        }
    }
}
