package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyRules;
import io.omnipaxos.spring.guard.RoutingCheck;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.routing.LeaderAddress;
import io.omnipaxos.spring.routing.LeaderRouting;
import io.omnipaxos.spring.routing.RequestForwarder;
import io.omnipaxos.spring.routing.TruncatedAnswerResolver;
import io.omnipaxos.spring.web.ApplicationHandlers;
import io.omnipaxos.spring.web.NotLeaderExceptionResolver;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Auto-configuration for what Spring MVC does with requests for leader-only handlers on other nodes: the answer to
 * {@link io.omnipaxos.leadership.NotLeaderException}, and the way to the leader.
 */
@AutoConfiguration(after = OmniPaxosAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean({Leadership.class, DerivedSettings.class})
public final class OmniPaxosMvcAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    NotLeaderExceptionResolver notLeaderExceptionResolver(
            DerivedSettings settings, AdvertisedUrls urls, ListableBeanFactory beanFactory) {
        return new NotLeaderExceptionResolver(
                settings.pid(), urls, new ApplicationHandlers(beanFactory), settings.electionTimeout());
    }

    @Bean
    RoutingCheck omniPaxosRoutingCheck(
            DerivedSettings settings, OmniPaxosConnectionDetails connectionDetails, AdvertisedUrls urls) {
        return new AdvertisedUrlCheck(settings, connectionDetails, urls);
    }

    @Bean
    RequestForwarder omniPaxosRequestForwarder(DerivedSettings settings, ObjectProvider<SslBundles> bundles) {
        OmniPaxosProperties properties = settings.properties();
        return new RequestForwarder(
                new RequestForwarder.Settings(
                        settings.pid(),
                        properties.transport().connectTimeout(),
                        properties.routing().responseTimeout(),
                        properties.routing().maxConnections()),
                LeaderTls.of(properties, bundles.getIfAvailable()));
    }

    @Bean
    LeaderRouting omniPaxosLeaderRouting(
            LeaderOnlyRules rules, LeaderAddress leader, LeaderOnlyCalls calls, RequestForwarder forwarder) {
        return new LeaderRouting(rules, leader, calls, forwarder);
    }

    @Bean
    TruncatedAnswerResolver omniPaxosTruncatedAnswerResolver() {
        return new TruncatedAnswerResolver();
    }

    /** Behind the interceptors of the application. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebMvcConfigurer omniPaxosWebMvcConfigurer(LeaderRouting routing) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(routing).order(Ordered.LOWEST_PRECEDENCE);
            }
        };
    }
}
