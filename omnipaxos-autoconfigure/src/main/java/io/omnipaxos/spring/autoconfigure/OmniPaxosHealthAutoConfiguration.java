package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.actuate.OmniPaxosHealthIndicator;
import io.omnipaxos.spring.node.RestartableNode;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the health indicator {@code omnipaxos}, which is in no probe group by default. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        beforeName =
                "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnEnabledHealthIndicator("omnipaxos")
@ConditionalOnBean(RestartableNode.class)
public final class OmniPaxosHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "omnipaxosHealthIndicator")
    OmniPaxosHealthIndicator omnipaxosHealthIndicator(RestartableNode node, DerivedSettings settings) {
        return new OmniPaxosHealthIndicator(node::status, node::joining, node::failure, settings.leaderlessAfter());
    }
}
