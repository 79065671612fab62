package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.actuate.OmniPaxosEndpoint;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the actuator endpoint {@code omnipaxos}. */
@AutoConfiguration(after = OmniPaxosAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(OmniPaxosEndpoint.class)
@ConditionalOnBean(RestartableNode.class)
public final class OmniPaxosEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    OmniPaxosEndpoint omniPaxosEndpoint(
            RestartableNode node,
            PeerUrls peers,
            AdvertisedUrls urls,
            Leadership leadership,
            ClusterReconfiguration reconfiguration) {
        return new OmniPaxosEndpoint(node::status, peers, urls, leadership, reconfiguration, node::snapshot);
    }
}
