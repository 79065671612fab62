package io.omnipaxos.spring.callback;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Registers the callbacks of each singleton when it is made, and takes them back when it is destroyed: the node may be one
 * of a parent context and live on. Not ordered, so that it sees the bean with its proxy.
 */
public final class CallbackPostProcessor implements DestructionAwareBeanPostProcessor {

    private final BeanFactory beanFactory;
    private final Supplier<LeadershipCallbacks> registry;

    /**
     * Makes the processor.
     *
     * @param registry asked when the first callback is found, as it cannot be made as early as this processor
     */
    public CallbackPostProcessor(BeanFactory beanFactory, Supplier<LeadershipCallbacks> registry) {
        this.beanFactory = beanFactory;
        this.registry = registry;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof AopInfrastructureBean) && isSingleton(beanName)) {
            register(bean, CallbackMethods.of(AopProxyUtils.ultimateTargetClass(bean)));
        }
        return bean;
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return !CallbackMethods.of(AopProxyUtils.ultimateTargetClass(bean)).isEmpty();
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        registry.get().unregister(bean);
    }

    /** The names of inner beans are not known to the factory. */
    private boolean isSingleton(String beanName) {
        return !beanFactory.containsBean(beanName) || beanFactory.isSingleton(beanName);
    }

    private void register(Object bean, CallbackMethods methods) {
        List<StartupFault> faults = methods.faults();
        if (!faults.isEmpty()) {
            throw new OmniPaxosStartupException(faults);
        }
        List<Callback> callbacks = new ArrayList<>();
        methods.kinds()
                .forEach((method, kinds) -> kinds.forEach(kind -> callbacks.add(Callback.of(kind, bean, method))));
        if (!callbacks.isEmpty()) {
            registry.get().register(callbacks);
        }
    }
}
