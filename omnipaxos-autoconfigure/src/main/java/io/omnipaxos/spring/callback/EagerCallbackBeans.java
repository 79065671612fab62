package io.omnipaxos.spring.callback;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;

/**
 * Makes beans with callbacks at start-up in an application of lazy beans as well: nobody else may ask for them, and a
 * bean that is not there is not told. One that is annotated as lazy itself stays lazy.
 */
public final class EagerCallbackBeans implements LazyInitializationExcludeFilter {

    @Override
    public boolean isExcluded(String beanName, BeanDefinition definition, Class<?> beanType) {
        return !CallbackMethods.of(beanType).isEmpty();
    }
}
