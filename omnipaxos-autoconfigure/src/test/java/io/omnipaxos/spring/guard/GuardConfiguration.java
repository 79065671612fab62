package io.omnipaxos.spring.guard;

import io.omnipaxos.leadership.Leadership;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/** The guard alone. */
@Configuration(proxyBeanMethods = false)
class GuardConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyRules rules() {
        return new LeaderOnlyRules();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyCalls calls() {
        return new LeaderOnlyCalls();
    }

    @Bean
    static LeaderOnlyPostProcessor postProcessor(
            LeaderOnlyRules rules, ObjectProvider<Leadership> leadership, LeaderOnlyCalls calls) {
        return new LeaderOnlyPostProcessor(rules, leadership::getObject, calls);
    }

    @Bean
    static LeaderOnlyVerifier verifier(LeaderOnlyRules rules, ConfigurableListableBeanFactory beanFactory) {
        return new LeaderOnlyVerifier(rules, beanFactory, () -> RoutingCheck.WITHOUT_MVC);
    }
}
