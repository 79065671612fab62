package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerOnLeader {

    private final Inbox inbox;

    PollerOnLeader(Inbox inbox) {
        this.inbox = inbox;
    }

    @OnLeaderElected
    void open() {
        inbox.open();
    }

    @OnLeaderRevoked
    void close() {
        inbox.close();
    }

    @LeaderOnly
    @Scheduled(fixedDelay = 1000)
    void poll() {
        inbox.poll();
    }
}
