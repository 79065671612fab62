package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.transport.HttpTransport;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.spring.transport.PeerFilter;
import java.util.LinkedHashSet;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** How the node talks to its peers. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "omnipaxos.enabled", matchIfMissing = true)
class TransportConfiguration {

    @Bean
    @ConditionalOnMissingBean(TransportFactory.class)
    HttpTransportFactory omniPaxosTransportFactory(
            DerivedSettings settings, NodeSettings node, OmniPaxosConnectionDetails connectionDetails) {
        OmniPaxosProperties.Transport transport = settings.properties().transport();
        HttpTransportSettings http = new HttpTransportSettings(
                node.clusterId(),
                node.pid(),
                new LinkedHashSet<>(node.configuration().nodes()),
                transport.path(),
                transport.connectTimeout(),
                transport.requestTimeout(),
                node.electionTimeout(),
                node.maxMessageBytes(),
                transport.sharedSecret(),
                null);
        return new HttpTransportFactory(() -> new HttpTransport(http, connectionDetails::url), transport.port());
    }

    /** Answers peers on the application's own port, unless there is one for them alone: no port is equal to «none». */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(FilterRegistrationBean.class)
    @ConditionalOnProperty(name = "omnipaxos.transport.port", matchIfMissing = true, havingValue = "none")
    static class SharedPortConfiguration {

        @Bean
        @ConditionalOnBean(HttpTransportFactory.class)
        FilterRegistrationBean<PeerFilter> omniPaxosPeerFilter(
                HttpTransportFactory transports, DerivedSettings settings) {
            String path = settings.properties().transport().path();
            FilterRegistrationBean<PeerFilter> registration =
                    new FilterRegistrationBean<>(new PeerFilter(path, transports::endpoint));
            registration.addUrlPatterns(path + "/*");
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return registration;
        }
    }
}
