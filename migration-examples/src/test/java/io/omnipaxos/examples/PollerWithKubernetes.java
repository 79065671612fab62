package io.omnipaxos.examples;

import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithKubernetes {

    private final Inbox inbox;
    private volatile boolean leader;

    PollerWithKubernetes(Inbox inbox) {
        this.inbox = inbox;
    }

    @EventListener(OnGrantedEvent.class)
    void granted() {
        inbox.open();
        leader = true;
    }

    @EventListener(OnRevokedEvent.class)
    void revoked() {
        leader = false;
        inbox.close();
    }

    @Scheduled(fixedDelay = 1000)
    void poll() {
        if (leader) {
            inbox.poll();
        }
    }
}
