package io.omnipaxos.spring.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

class LeaderOnlyOrderTests {

    private final FakeLeadership leadership = new FakeLeadership();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withBean(Leadership.class, () -> leadership)
            .withUserConfiguration(GuardConfiguration.class);

    @Test
    void checksOnTheThreadThatDoesAsynchronousWork() {
        leadership.lead(7);

        contextRunner.withUserConfiguration(AsyncConfiguration.class).run(context -> {
            assertThat(context.getBean(Work.class).asynchronous().join()).isEqualTo(7);
            assertThat(leadership.admittedOn())
                    .singleElement()
                    .satisfies(thread -> assertThat(thread.getName()).startsWith("work-"));
        });
    }

    @Test
    void checksAgainForEachAttempt() {
        leadership.lead(7);

        contextRunner.withUserConfiguration(RetryConfiguration.class).run(context -> {
            context.getBean(Work.class).retried();
            assertThat(leadership.admittedOn()).hasSize(2);
        });
    }

    @Test
    void checksBeforeATransactionWouldBegin() {
        leadership.follow(2);

        contextRunner.withUserConfiguration(AdviceConfiguration.class).run(context -> {
            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(context.getBean(Work.class)::transactional);
            assertThat(context.getBean(AtomicInteger.class)).hasValue(0);
        });
    }

    static class Work {

        private final Leadership leadership;
        private int attempts;

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        @Async
        @LeaderOnly
        CompletableFuture<Long> asynchronous() {
            return CompletableFuture.completedFuture(leadership.fencingToken());
        }

        @Retryable(delay = 0)
        @LeaderOnly
        public void retried() {
            if (++attempts == 1) {
                throw new IllegalStateException("the first attempt");
            }
        }

        @LeaderOnly
        public void transactional() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class AsyncConfiguration {

        @Bean
        Work work(Leadership leadership) {
            return new Work(leadership);
        }

        @Bean
        TaskExecutor taskExecutor() {
            return new SimpleAsyncTaskExecutor("work-");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class RetryConfiguration {

        @Bean
        Work work(Leadership leadership) {
            return new Work(leadership);
        }
    }

    /** Stands for {@code @Transactional}: advice by the automatic proxy creator. */
    @Configuration(proxyBeanMethods = false)
    static class AdviceConfiguration {

        @Bean
        Work work(Leadership leadership) {
            return new Work(leadership);
        }

        @Bean
        AtomicInteger begun() {
            return new AtomicInteger();
        }

        @Bean
        static DefaultAdvisorAutoProxyCreator proxyCreator() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setOrder(Ordered.HIGHEST_PRECEDENCE);
            creator.setProxyTargetClass(true);
            return creator;
        }

        @Bean
        static NameMatchMethodPointcutAdvisor advisor(AtomicInteger begun) {
            NameMatchMethodPointcutAdvisor advisor =
                    new NameMatchMethodPointcutAdvisor((MethodInterceptor) invocation -> {
                        begun.incrementAndGet();
                        return invocation.proceed();
                    });
            advisor.setMappedName("transactional");
            return advisor;
        }
    }
}
