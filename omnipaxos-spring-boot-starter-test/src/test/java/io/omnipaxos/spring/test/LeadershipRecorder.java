package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.LeaderChangedEvent;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderRevokedEvent;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.context.event.EventListener;

/** A bean that writes down what it is told, and does in a callback what the test wants. */
class LeadershipRecorder {

    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch elected = new CountDownLatch(1);
    private volatile CountDownLatch revoked = new CountDownLatch(1);
    private volatile Consumer<Leadership> onElected = leadership -> {};

    List<String> taken() {
        List<String> taken = new ArrayList<>(told);
        told.removeAll(taken);
        revoked = new CountDownLatch(1);
        return taken;
    }

    void awaitElected() {
        await(elected);
    }

    /** Since this was asked last. */
    void awaitRevoked() {
        await(revoked);
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    void onElected(Consumer<Leadership> action) {
        onElected = action;
    }

    @OnLeaderElected
    void elected(Leadership leadership, Tenure tenure) {
        told.add("elected " + tenure.fencingToken() + (leadership.isLeader() ? " leading" : " not leading"));
        elected.countDown();
        onElected.accept(leadership);
    }

    @OnLeaderRevoked
    void revoked(Leadership leadership, Tenure tenure) {
        boolean holdsLease = leadership.holdsLease(tenure.fencingToken());
        told.add("revoked " + tenure.fencingToken() + (holdsLease ? " holding the lease" : ""));
        revoked.countDown();
    }

    @OnLeaderChanged
    void changed(LeaderChange change) {
        told.add("changed to "
                + (change.leader() == null ? "none" : change.leader().pid()));
    }

    @EventListener
    void electedEvent(LeaderElectedEvent event) {
        told.add("event elected");
    }

    @EventListener
    void revokedEvent(LeaderRevokedEvent event) {
        told.add("event revoked");
    }

    @EventListener
    void changedEvent(LeaderChangedEvent event) {
        told.add("event changed");
    }
}
