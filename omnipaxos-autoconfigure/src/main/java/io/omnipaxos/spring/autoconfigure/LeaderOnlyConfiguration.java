package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyPostProcessor;
import io.omnipaxos.spring.guard.LeaderOnlyRules;
import io.omnipaxos.spring.guard.LeaderOnlyVerifier;
import io.omnipaxos.spring.guard.RoutingCheck;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.util.function.SingletonSupplier;

/** The guard of leader-only methods. There on a disabled node as well, where it refuses everything. */
@Configuration(proxyBeanMethods = false)
class LeaderOnlyConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyRules leaderOnlyRules() {
        return new LeaderOnlyRules();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    static LeaderOnlyCalls leaderOnlyCalls() {
        return new LeaderOnlyCalls();
    }

    /** One for each context: that of a parent does not see the beans of its children. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    static LeaderOnlyPostProcessor leaderOnlyPostProcessor(
            LeaderOnlyRules rules, ObjectProvider<Leadership> leadership, LeaderOnlyCalls calls) {
        return new LeaderOnlyPostProcessor(rules, SingletonSupplier.of(leadership::getObject), calls);
    }

    @Bean
    static LeaderOnlyVerifier leaderOnlyVerifier(
            LeaderOnlyRules rules, ConfigurableListableBeanFactory beanFactory, ObjectProvider<RoutingCheck> routing) {
        return new LeaderOnlyVerifier(rules, beanFactory, () -> routing.getIfAvailable(() -> RoutingCheck.WITHOUT_MVC));
    }
}
