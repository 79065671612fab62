package io.omnipaxos.spring.simulation;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import java.util.concurrent.CompletableFuture;

/** A bean with leader-only work. */
class Worker {

    private final Leadership leadership;
    private final Helper helper;

    Worker(Leadership leadership, Helper helper) {
        this.leadership = leadership;
        this.helper = helper;
    }

    /** Ends when the future completes. */
    @LeaderOnly
    public CompletableFuture<Void> begin(Work work) {
        work.begin(leadership.fencingToken());
        work.calledOther(helper.token());
        return work.done();
    }

    /** Ends when the method returns, after virtual time. */
    @LeaderOnly
    public void block(Work work, Runnable waiting) {
        work.begin(leadership.fencingToken());
        waiting.run();
        work.wokenUp(leadership::fencingToken, helper::token);
    }

    @LeaderOnly(otherwise = Otherwise.SKIP)
    public void skip(Runnable ran) {
        ran.run();
    }

    @LeaderOnly
    public long reject() {
        return leadership.fencingToken();
    }

    /** Another bean with leader-only work. */
    static class Helper {

        private final Leadership leadership;

        Helper(Leadership leadership) {
            this.leadership = leadership;
        }

        @LeaderOnly
        public long token() {
            return leadership.fencingToken();
        }
    }
}
