package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.web.ApplicationHandlers;
import io.omnipaxos.spring.web.NotLeaderExceptionResolver;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configuration for the answer of Spring MVC to {@link io.omnipaxos.leadership.NotLeaderException}. */
@AutoConfiguration(after = OmniPaxosAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(Leadership.class)
public final class OmniPaxosMvcAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    NotLeaderExceptionResolver notLeaderExceptionResolver(
            DerivedSettings settings, AdvertisedUrls urls, ListableBeanFactory beanFactory) {
        return new NotLeaderExceptionResolver(
                settings.pid(), urls, new ApplicationHandlers(beanFactory), settings.electionTimeout());
    }
}
