package io.omnipaxos.spring.test.cluster;

import io.omnipaxos.leadership.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Looks all the time whether two lead at once. */
final class LeaderWatch implements AutoCloseable {

    private final List<Leadership> leaderships;
    private final List<String> twoAtOnce = new ArrayList<>();
    private final AtomicLong looks = new AtomicLong();
    private final CompletableFuture<Void> watching;
    private volatile boolean closed;

    LeaderWatch(List<Leadership> leaderships) {
        this.leaderships = leaderships;
        this.watching = CompletableFuture.runAsync(this::watch, task -> new Thread(task, "leader-watch").start());
    }

    long looks() {
        return looks.get();
    }

    /** Ends the watch first. */
    List<String> twoAtOnce() {
        close();
        return twoAtOnce;
    }

    @Override
    public void close() {
        closed = true;
        watching.join();
    }

    private void watch() {
        while (!closed) {
            for (Leadership one : leaderships) {
                if (one.isLeader()) {
                    leaderships.stream().filter(other -> other != one).forEach(other -> compare(one, other));
                }
            }
            looks.incrementAndGet();
            Thread.yield();
        }
    }

    /** One that leads before and after the other was asked has led meanwhile, in the same ballot. */
    private void compare(Leadership one, Leadership other) {
        var before = one.leader();
        if (one.isLeader() && other.isLeader() && one.isLeader() && one.leader().equals(before)) {
            twoAtOnce.add(before + " and " + other.leader());
        }
    }
}
