package io.omnipaxos.spring.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.observation.AppendObservationConvention;
import io.omnipaxos.spring.observation.CallbackObservationConvention;
import io.omnipaxos.spring.observation.HandoverObservationConvention;
import io.omnipaxos.spring.observation.ObservedActivities;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the observations of the node, and through them for their timers and traces. */
@AutoConfiguration(
        after = OmniPaxosAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class OmniPaxosObservationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(Activities.class)
    ObservedActivities omniPaxosObservedActivities(
            ObservationRegistry registry,
            ObjectProvider<AppendObservationConvention> append,
            ObjectProvider<CallbackObservationConvention> callback,
            ObjectProvider<HandoverObservationConvention> handover) {
        return new ObservedActivities(
                registry, append.getIfAvailable(), callback.getIfAvailable(), handover.getIfAvailable());
    }
}
