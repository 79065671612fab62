package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithIntegrationOnLeader {

    private final LockRegistry<?> locks;
    private final ApplicationEventPublisher events;
    private final Inbox inbox;
    private volatile @Nullable LockRegistryLeaderInitiator initiator;

    PollerWithIntegrationOnLeader(LockRegistry<?> locks, ApplicationEventPublisher events, Inbox inbox) {
        this.locks = locks;
        this.events = events;
        this.inbox = inbox;
    }

    /** Only the leader stands for the lock: otherwise one node could have the lease, and another one the lock. */
    @OnLeaderElected
    void stand() {
        LockRegistryLeaderInitiator ours =
                new LockRegistryLeaderInitiator(locks, new DefaultCandidate("app", "poller"));
        ours.setApplicationEventPublisher(events);
        initiator = ours;
        ours.start();
    }

    @OnLeaderRevoked
    void stepDown() {
        LockRegistryLeaderInitiator ours = initiator;
        initiator = null;
        if (ours != null) {
            ours.stop();
        }
    }

    @EventListener(OnGrantedEvent.class)
    void granted() {
        inbox.open();
    }

    @EventListener(OnRevokedEvent.class)
    void revoked() {
        inbox.close();
    }

    @LeaderOnly
    @Scheduled(fixedDelay = 1000)
    void poll() {
        LockRegistryLeaderInitiator ours = initiator;
        if (ours != null && ours.getContext().isLeader()) {
            inbox.poll();
        }
    }
}
