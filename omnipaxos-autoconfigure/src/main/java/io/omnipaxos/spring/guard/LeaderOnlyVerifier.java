package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Checks the types of all beans at start-up, also of lazy, scoped and prototype ones, which the post-processor meets
 * only at their first use; and that no bean with leader-only methods escaped the guard.
 */
public final class LeaderOnlyVerifier implements SmartInitializingSingleton {

    private final LeaderOnlyRules rules;
    private final ConfigurableListableBeanFactory beanFactory;
    private final Supplier<RoutingCheck> routing;

    /**
     * Looks at nothing yet.
     *
     * @param routing asked for if there is a method whose calls are to be routed to the leader
     */
    public LeaderOnlyVerifier(
            LeaderOnlyRules rules, ConfigurableListableBeanFactory beanFactory, Supplier<RoutingCheck> routing) {
        this.rules = rules;
        this.beanFactory = beanFactory;
        this.routing = routing;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<StartupFault> faults = new ArrayList<>();
        for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
            if (type != null && LeaderOnlyRules.isCandidate(type)) {
                check(beanName, ClassUtils.getUserClass(type), faults);
            }
        }
        if (!faults.isEmpty()) {
            throw new OmniPaxosStartupException(faults.stream().distinct().toList());
        }
    }

    private void check(String beanName, Class<?> type, List<StartupFault> faults) {
        GuardedMethods guarded = rules.of(type);
        faults.addAll(guarded.faults());
        String routed = guarded.routed();
        if (routed != null && guarded.faults().isEmpty()) {
            routing.get().fault(routed).ifPresent(faults::add);
        }
        if (!guarded.isEmpty() && guarded.faults().isEmpty()) {
            unguarded(beanName, type).ifPresent(faults::add);
        }
    }

    private Optional<StartupFault> unguarded(String beanName, Class<?> type) {
        Object bean = beanFactory.getSingleton(beanName);
        if (bean == null || bean instanceof FactoryBean || bean instanceof AopInfrastructureBean || isGuarded(bean)) {
            return Optional.empty();
        }
        return Optional.of(new StartupFault(
                "The bean '" + beanName + "' of " + type.getName() + " has @LeaderOnly methods, but no guard: it was "
                        + "registered by hand, is used by a BeanPostProcessor and thus made too early, or is a proxy "
                        + "that admits no advice",
                "Let Spring make the bean, inject it lazily into what is made early, or hand the work to "
                        + "Leadership.run(token -> ...)."));
    }

    /** Whether a call of this object passes the guard. */
    public static boolean isGuarded(@Nullable Object bean) {
        return bean instanceof Advised advised
                && Arrays.stream(advised.getAdvisors())
                        .anyMatch(advisor -> advisor.getAdvice() instanceof LeaderOnlyInterceptor);
    }
}
