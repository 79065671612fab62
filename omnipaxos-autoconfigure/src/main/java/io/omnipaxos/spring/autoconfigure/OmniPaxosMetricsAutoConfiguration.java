package io.omnipaxos.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.metrics.NodeMeters;
import io.omnipaxos.spring.node.RestartableNode;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Auto-configuration for the meters of the node. Never lazy: nobody asks for them but the registry. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBean(RestartableNode.class)
@Lazy(false)
public final class OmniPaxosMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    NodeMeters omniPaxosNodeMeters(MeterRegistry registry, RestartableNode node, LeaderOnlyCalls calls) {
        return new NodeMeters(registry, node::status, calls);
    }
}
