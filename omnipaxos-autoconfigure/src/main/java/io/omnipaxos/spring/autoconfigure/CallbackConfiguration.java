package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.callback.CallbackPostProcessor;
import io.omnipaxos.spring.callback.CallbackVerifier;
import io.omnipaxos.spring.callback.EagerCallbackBeans;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.scope.TenureScope;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.util.function.SingletonSupplier;

/** The callbacks of leadership. Below a context with a node beans register with the callbacks of that one. */
@Configuration(proxyBeanMethods = false)
class CallbackConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LeadershipCallbacks leadershipCallbacks(
            ObjectProvider<Leadership> leadership,
            ApplicationEventPublisher events,
            Environment environment,
            ObjectProvider<Activities> activities,
            TenureScope scope) {
        SimpleAsyncTaskExecutor latecomers = new SimpleAsyncTaskExecutor("omnipaxos-callback-");
        latecomers.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
        latecomers.setDaemon(true);
        return new LeadershipCallbacks(
                SingletonSupplier.of(leadership::getObject),
                events,
                latecomers,
                SingletonSupplier.of(() -> activities.getIfAvailable(() -> Activities.UNOBSERVED)),
                scope);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    static TenureScope leadershipScope(ObjectProvider<Leadership> leadership) {
        return new TenureScope(leadership::getObject);
    }

    @Bean
    static CustomScopeConfigurer leadershipScopeConfigurer(TenureScope scope) {
        CustomScopeConfigurer configurer = new CustomScopeConfigurer();
        configurer.addScope(TenureScope.NAME, scope);
        return configurer;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CallbackPostProcessor leadershipCallbackPostProcessor(
            ConfigurableListableBeanFactory beanFactory, ObjectProvider<LeadershipCallbacks> callbacks) {
        return new CallbackPostProcessor(beanFactory, SingletonSupplier.of(callbacks::getObject));
    }

    @Bean
    static EagerCallbackBeans omniPaxosEagerCallbackBeans() {
        return new EagerCallbackBeans();
    }

    @Bean
    static CallbackVerifier leadershipCallbackVerifier(ConfigurableListableBeanFactory beanFactory) {
        return new CallbackVerifier(beanFactory);
    }
}
