package io.omnipaxos.examples;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.LockRegistry;

@Configuration(proxyBeanMethods = false)
class IntegrationConfiguration {

    @Bean
    LockRegistryLeaderInitiator leaderInitiator(LockRegistry<?> locks) {
        return new LockRegistryLeaderInitiator(locks, new DefaultCandidate("app", "poller"));
    }
}
