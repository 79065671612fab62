package io.omnipaxos.spring;

import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Registers beans with a definition of the test's choice. */
public final class TestBeans {

    private TestBeans() {}

    public static ApplicationContextInitializer<ConfigurableApplicationContext> bean(
            Class<?> type, BeanDefinitionCustomizer customizer) {
        return context -> ((GenericApplicationContext) context).registerBean(type, customizer);
    }
}
