package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.routing.LeaderAddress;
import io.omnipaxos.spring.routing.LeaderHttpRequestInterceptor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestInterceptor;

/** Where the leader is, for requests that come in and for HTTP clients of the application. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(Leadership.class)
class LeaderClientConfiguration {

    @Bean
    LeaderAddress omniPaxosLeaderAddress(DerivedSettings settings, Leadership leadership, AdvertisedUrls urls) {
        return new LeaderAddress(settings.pid(), leadership, urls);
    }

    /** Apart, as an application may have no HTTP client of Spring's. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ClientHttpRequestInterceptor.class)
    static class InterceptorConfiguration {

        @Bean
        @ConditionalOnMissingBean
        LeaderHttpRequestInterceptor leaderHttpRequestInterceptor(LeaderAddress leader) {
            return new LeaderHttpRequestInterceptor(leader);
        }
    }
}
