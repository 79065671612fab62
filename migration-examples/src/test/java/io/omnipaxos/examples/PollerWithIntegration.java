package io.omnipaxos.examples;

import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithIntegration {

    private final LockRegistryLeaderInitiator initiator;
    private final Inbox inbox;

    PollerWithIntegration(LockRegistryLeaderInitiator initiator, Inbox inbox) {
        this.initiator = initiator;
        this.inbox = inbox;
    }

    @EventListener(OnGrantedEvent.class)
    void granted() {
        inbox.open();
    }

    @EventListener(OnRevokedEvent.class)
    void revoked() {
        inbox.close();
    }

    @Scheduled(fixedDelay = 1000)
    void poll() {
        if (initiator.getContext().isLeader()) {
            inbox.poll();
        }
    }
}
