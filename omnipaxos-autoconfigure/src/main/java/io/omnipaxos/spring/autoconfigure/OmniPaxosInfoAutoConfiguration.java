package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.actuate.OmniPaxosInfoContributor;
import io.omnipaxos.spring.node.RestartableNode;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for what the endpoint {@code info} says of the node; switched off by default. */
@AutoConfiguration(after = OmniPaxosAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledInfoContributor.class)
@ConditionalOnEnabledInfoContributor(value = "omnipaxos", fallback = InfoContributorFallback.DISABLE)
@ConditionalOnBean(RestartableNode.class)
public final class OmniPaxosInfoAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    OmniPaxosInfoContributor omniPaxosInfoContributor(RestartableNode node) {
        return new OmniPaxosInfoContributor(node::status);
    }
}
