package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.transport.HttpTransport;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.spring.transport.PeerSecurity;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** How the node talks to its peers. */
@Configuration(proxyBeanMethods = false)
@Conditional(PropertyCondition.Enabled.class)
class TransportConfiguration {

    @Bean
    PeerSecurity omniPaxosPeerSecurity(DerivedSettings settings, ObjectProvider<SslBundles> bundles) {
        OmniPaxosProperties.Transport transport = settings.properties().transport();
        String bundle = transport.sslBundle();
        return new PeerSecurity(
                transport.sharedSecret(),
                transport.sharedSecretPrevious(),
                bundle == null ? null : BundledTls.of(bundle, bundles.getIfAvailable()));
    }

    @Bean
    HttpTransportSettings omniPaxosHttpTransportSettings(
            DerivedSettings settings,
            NodeSettings node,
            PeerSecurity security,
            OmniPaxosConnectionDetails connectionDetails) {
        OmniPaxosProperties.Transport transport = settings.properties().transport();
        return new HttpTransportSettings(
                node.clusterId(),
                node.pid(),
                transport.path(),
                transport.connectTimeout(),
                transport.requestTimeout(),
                node.electionTimeout(),
                node.maxMessageBytes(),
                security,
                // A node that is alone by default must not be open to whatever a proxy on its host lets through.
                PeerAddressChecks.hasPeers(connectionDetails));
    }

    @Bean
    @ConditionalOnMissingBean(TransportFactory.class)
    HttpTransportFactory omniPaxosTransportFactory(
            DerivedSettings settings, HttpTransportSettings http, OmniPaxosConnectionDetails connectionDetails) {
        return new HttpTransportFactory(
                () -> new HttpTransport(
                        http, pid -> settings.peerUrl(pid, connectionDetails.url(pid)), settings.ownAdvertisedUrl()),
                settings.properties().transport().port());
    }
}
