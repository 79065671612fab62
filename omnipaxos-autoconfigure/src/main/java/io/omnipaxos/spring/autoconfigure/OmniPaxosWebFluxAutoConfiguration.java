package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.web.NotLeaderWebExceptionHandler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

/** Auto-configuration for the answer of Spring WebFlux to {@link io.omnipaxos.leadership.NotLeaderException}. */
@AutoConfiguration(after = OmniPaxosAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean({Leadership.class, DerivedSettings.class})
public final class OmniPaxosWebFluxAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    NotLeaderWebExceptionHandler notLeaderWebExceptionHandler(DerivedSettings settings, AdvertisedUrls urls) {
        return new NotLeaderWebExceptionHandler(settings.pid(), urls, settings.electionTimeout());
    }
}
