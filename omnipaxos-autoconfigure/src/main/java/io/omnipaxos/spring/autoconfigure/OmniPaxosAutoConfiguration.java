package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.AdvertisedUrls;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

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
    DisabledConfiguration.class
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
    AdvertisedUrls omniPaxosAdvertisedUrls(DerivedSettings settings, OmniPaxosConnectionDetails connectionDetails) {
        return pid -> settings.advertisedUrl(pid, connectionDetails.url(pid));
    }
}
