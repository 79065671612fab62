package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.transport.PeerFilter;
import io.omnipaxos.spring.transport.PeerSecurity;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Answers peers on the application's own port, unless there is one for them alone. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(FilterRegistrationBean.class)
@Conditional(PropertyCondition.NoPortForPeers.class)
@ConditionalOnBean(HttpTransportFactory.class)
class SharedPortConfiguration {

    @Bean
    FilterRegistrationBean<PeerFilter> omniPaxosPeerFilter(HttpTransportFactory transports, DerivedSettings settings) {
        String path = settings.properties().transport().path();
        FilterRegistrationBean<PeerFilter> registration =
                new FilterRegistrationBean<>(new PeerFilter(path, transports::endpoint));
        registration.addUrlPatterns(path + "/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** Apart, as an application may be deployed in a servlet container of its own. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebServerFactoryCustomizer.class)
    static class EmbeddedServerConfiguration {

        @Bean
        SharedPortCertificates omniPaxosSharedPortCertificates(
                PeerSecurity security, OmniPaxosConnectionDetails connectionDetails) {
            return new SharedPortCertificates(security, connectionDetails);
        }
    }
}
