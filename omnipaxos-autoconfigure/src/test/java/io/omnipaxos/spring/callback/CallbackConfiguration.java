package io.omnipaxos.spring.callback;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.scope.TenureScope;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The callbacks alone; those of late beans run on the thread that makes the bean, unless there is an executor. */
@Configuration(proxyBeanMethods = false)
class CallbackConfiguration {

    @Bean
    static CallbackPostProcessor postProcessor(
            ConfigurableListableBeanFactory beanFactory, ObjectProvider<LeadershipCallbacks> callbacks) {
        return new CallbackPostProcessor(beanFactory, callbacks::getObject);
    }

    @Bean
    static CallbackVerifier verifier(ConfigurableListableBeanFactory beanFactory) {
        return new CallbackVerifier(beanFactory);
    }

    @Bean
    LeadershipCallbacks callbacks(
            ObjectProvider<Leadership> leadership,
            ApplicationEventPublisher events,
            ObjectProvider<Executor> latecomers) {
        Executor executor = latecomers.getIfAvailable(() -> Runnable::run);
        return new LeadershipCallbacks(
                leadership::getObject,
                events,
                executor,
                () -> Activities.UNOBSERVED,
                new TenureScope(leadership::getObject));
    }
}
