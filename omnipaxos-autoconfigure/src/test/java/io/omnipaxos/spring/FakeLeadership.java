package io.omnipaxos.spring;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A leadership that does what the test says. */
public final class FakeLeadership implements Leadership {

    private final ThreadLocal<Long> bound = new ThreadLocal<>();
    private final List<Thread> admittedOn = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean holdsLease;
    private volatile boolean admits;
    private volatile long token;
    private volatile Leader other;
    private volatile CompletableFuture<Boolean> handover = CompletableFuture.completedFuture(false);

    public static Leader leader(long pid) {
        return new Leader(pid, new Ballot(1, 1, 0, pid));
    }

    public FakeLeadership lead(long fencingToken) {
        token = fencingToken;
        holdsLease = true;
        admits = true;
        other = null;
        return this;
    }

    public FakeLeadership drain() {
        admits = false;
        return this;
    }

    public FakeLeadership follow(long pid) {
        holdsLease = false;
        admits = false;
        other = leader(pid);
        return this;
    }

    public FakeLeadership withoutLeader() {
        holdsLease = false;
        admits = false;
        other = null;
        return this;
    }

    /** From now on this becomes of requests to give leadership up. */
    public FakeLeadership handsOver(CompletableFuture<Boolean> result) {
        handover = result;
        return this;
    }

    public int openAdmissions() {
        return open.get();
    }

    public List<Thread> admittedOn() {
        return admittedOn;
    }

    @Override
    public boolean isLeader() {
        return admits;
    }

    @Override
    public Optional<Leader> leader() {
        return admits ? Optional.of(leader(1)) : Optional.ofNullable(other);
    }

    @Override
    public long fencingToken() {
        Long ofThread = bound.get();
        if (ofThread == null) {
            throw new NotLeaderException("outside leader-only work", other);
        }
        return ofThread;
    }

    @Override
    public Optional<Duration> leaseRemaining() {
        return holdsLease ? Optional.of(Duration.ofMillis(400)) : Optional.empty();
    }

    @Override
    public boolean holdsLease(long fencingToken) {
        return holdsLease && fencingToken == token;
    }

    @Override
    public Admission admit() {
        admittedOn.add(Thread.currentThread());
        Long surrounding = bound.get();
        if (!admits && (surrounding == null || !holdsLease(surrounding))) {
            throw new NotLeaderException("this node does not lead", other);
        }
        open.incrementAndGet();
        return new FakeAdmission(token);
    }

    @Override
    public CompletableFuture<Boolean> resign() {
        return handover;
    }

    @Override
    public CompletableFuture<Boolean> transferTo(long pid) {
        return handover;
    }

    private final class FakeAdmission implements Admission {

        private final long tokenOfThis;
        private final AtomicBoolean closed = new AtomicBoolean();

        private FakeAdmission(long tokenOfThis) {
            this.tokenOfThis = tokenOfThis;
        }

        @Override
        public long fencingToken() {
            return tokenOfThis;
        }

        @Override
        public Scope bind() {
            Long before = bound.get();
            bound.set(tokenOfThis);
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
            if (closed.compareAndSet(false, true)) {
                open.decrementAndGet();
            }
        }
    }
}
