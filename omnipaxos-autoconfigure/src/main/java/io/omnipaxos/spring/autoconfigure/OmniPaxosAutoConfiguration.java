package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for the node, its leadership and the annotations. */
@AutoConfiguration
@EnableConfigurationProperties(OmniPaxosProperties.class)
@Import({
    LeaderOnlyConfiguration.class,
    CallbackConfiguration.class,
    TransportConfiguration.class,
    SharedPortConfiguration.class,
    NodeConfiguration.class,
    NodeLifecycleConfiguration.class,
    DisabledConfiguration.class,
    LeaderClientConfiguration.class
})
public final class OmniPaxosAutoConfiguration {

    @Bean
    static ForeignPeerVariables omniPaxosForeignPeerVariables() {
        return new ForeignPeerVariables();
    }

    @Bean
    DerivedSettings omniPaxosDerivedSettings(OmniPaxosProperties properties) {
        return new DerivedSettings(properties, PodName.hostName());
    }

    @Bean
    @ConditionalOnMissingBean
    OmniPaxosConnectionDetails omniPaxosConnectionDetails(DerivedSettings settings) {
        return new PropertiesConnectionDetails(settings);
    }

    @Bean
    @ConditionalOnMissingBean
    PeerUrls omniPaxosPeerUrls(
            DerivedSettings settings,
            OmniPaxosConnectionDetails connectionDetails,
            ObjectProvider<RestartableNode> node) {
        return new KnownPeerUrls(settings, connectionDetails, SingletonSupplier.of(node::getIfAvailable));
    }

    @Bean
    @ConditionalOnMissingBean
    AdvertisedUrls omniPaxosAdvertisedUrls(
            DerivedSettings settings, PeerUrls peerUrls, ObjectProvider<HttpTransportFactory> transports) {
        return new KnownAdvertisedUrls(settings, peerUrls, SingletonSupplier.of(transports::getIfAvailable));
    }
}
