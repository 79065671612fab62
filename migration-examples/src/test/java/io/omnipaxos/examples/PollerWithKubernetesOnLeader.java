package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import org.springframework.cloud.kubernetes.commons.leader.LeaderInitiator;
import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithKubernetesOnLeader {

    private final LeaderInitiator initiator;
    private final Inbox inbox;
    private volatile boolean leader;

    PollerWithKubernetesOnLeader(LeaderInitiator initiator, Inbox inbox) {
        this.initiator = initiator;
        this.inbox = inbox;
    }

    /** Only our leader stands for the ConfigMap: otherwise one pod could have the lease, and another one the record. */
    @OnLeaderElected
    void stand() {
        initiator.start();
    }

    @OnLeaderRevoked
    void stepDown() {
        initiator.stop();
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

    @LeaderOnly
    @Scheduled(fixedDelay = 1000)
    void poll() {
        if (leader) {
            inbox.poll();
        }
    }
}
