package io.omnipaxos.spring.callback;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import java.util.ArrayList;
import java.util.List;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Checks the callbacks on the types of all beans at start-up, also of those that are made later. */
public final class CallbackVerifier implements SmartInitializingSingleton {

    private final ConfigurableListableBeanFactory beanFactory;

    public CallbackVerifier(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<StartupFault> faults = new ArrayList<>();
        for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
            CallbackMethods methods = CallbackMethods.of(type == null ? Object.class : ClassUtils.getUserClass(type));
            faults.addAll(methods.faults());
            if (!methods.isEmpty() && !beanFactory.isSingleton(beanName)) {
                faults.add(methods.scopeFault(beanName));
            }
        }
        if (!faults.isEmpty()) {
            throw new OmniPaxosStartupException(faults.stream().distinct().toList());
        }
    }
}
