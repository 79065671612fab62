package io.omnipaxos.spring.guard;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.OmniPaxosStartupException;
import java.util.function.Supplier;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.core.Ordered;

/**
 * Puts the guard around beans with leader-only methods.
 *
 * <p>Its place is inside {@code @Async} and {@code @Retryable}, so that the check is made on the thread that does the
 * work and again for each attempt, and outside {@code @Transactional}, so that nothing is begun in vain.
 */
public final class LeaderOnlyPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1L;

    private final transient LeaderOnlyRules rules;

    /**
     * Makes the processor.
     *
     * @param leadership asked at each call, as the bean cannot be made as early as this processor
     * @param calls told what becomes of each call
     */
    public LeaderOnlyPostProcessor(LeaderOnlyRules rules, Supplier<Leadership> leadership, LeaderOnlyCalls calls) {
        this.rules = rules;
        this.advisor = new DefaultPointcutAdvisor(
                new LeaderOnlyPointcut(rules), new LeaderOnlyInterceptor(rules, leadership, calls));
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
        setOrder(Ordered.LOWEST_PRECEDENCE - 2);
    }

    /** Before a proxy is tried: what was made by a factory may be of another class than the factory declares. */
    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (LeaderOnlyRules.isCandidate(type) && !rules.of(type).faults().isEmpty()) {
            throw new OmniPaxosStartupException(rules.of(type).faults());
        }
        return bean;
    }

    /** Once, also where one object is a bean under several names: each call is checked and counted once. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return LeaderOnlyVerifier.isGuarded(bean) ? bean : super.postProcessAfterInitialization(bean, beanName);
    }
}
