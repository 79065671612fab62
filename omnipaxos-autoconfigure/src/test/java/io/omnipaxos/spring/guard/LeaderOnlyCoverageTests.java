package io.omnipaxos.spring.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.TestBeans;
import java.io.Closeable;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.service.annotation.PostExchange;

class LeaderOnlyCoverageTests {

    private final FakeLeadership leadership = new FakeLeadership().follow(2);
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withBean(Leadership.class, () -> leadership)
            .withUserConfiguration(GuardConfiguration.class);

    @Test
    void coversPublicAndPackageVisibleMethodsOfAClass() {
        contextRunner.withBean(WholeClass.class).run(context -> {
            WholeClass bean = context.getBean(WholeClass.class);
            assertRejected(bean::publicMethod);
            assertRejected(bean::packageVisibleMethod);
            assertRejected(bean::inheritedMethod);
            assertThatCode(bean::protectedMethod).doesNotThrowAnyException();
        });
    }

    @Test
    void methodsOfARoutedControllerThatHandleNoRequestsAreRejected() {
        LeaderOnlyRules rules = new LeaderOnlyRules();

        assertThat(otherwise(rules, "handler")).isEqualTo(Otherwise.FORWARD);
        assertThat(otherwise(rules, "exchange")).isEqualTo(Otherwise.FORWARD);
        assertThat(otherwise(rules, "redirected")).isEqualTo(Otherwise.REDIRECT);
        assertThat(otherwise(rules, "helper")).isEqualTo(Otherwise.REJECT);
        assertThat(rules.of(RoutedController.class).faults()).isEmpty();
    }

    private static Otherwise otherwise(LeaderOnlyRules rules, String method) {
        return rules.otherwise(RoutedController.class, ReflectionUtils.findMethod(RoutedController.class, method));
    }

    @RestController
    @LeaderOnly(otherwise = Otherwise.FORWARD)
    static class RoutedController {
        @GetMapping("/a")
        void handler() {}

        @PostExchange("/b")
        void exchange() {}

        @GetMapping("/c")
        @LeaderOnly(otherwise = Otherwise.REDIRECT)
        void redirected() {}

        void helper() {}
    }

    @Test
    void neverCoversCallbacksOfAClass() {
        contextRunner.withBean(WholeClass.class).run(context -> {
            WholeClass bean = context.getBean(WholeClass.class);
            assertThatCode(bean::elected).doesNotThrowAnyException();
            assertThatCode(bean::handle).doesNotThrowAnyException();
            assertThatCode(bean::model).doesNotThrowAnyException();
            assertThatCode(bean::binder).doesNotThrowAnyException();
            assertThatCode(bean::close).doesNotThrowAnyException();
            assertThat(bean.toString()).isEqualTo("whole class");
        });
    }

    @Test
    void neverCoversWhatTheContainerCalls() {
        contextRunner.withBean(WithLifecycle.class).run(context -> {
            assertThatCode(context.getBean(WithLifecycle.class)::stop).doesNotThrowAnyException();
            assertRejected(context.getBean(WithLifecycle.class)::work);
        });
    }

    @Test
    void prefersTheAnnotationOfTheMethod() {
        contextRunner
                .withBean(WholeClass.class)
                .run(context -> assertThatCode(context.getBean(WholeClass.class)::skippedMethod)
                        .doesNotThrowAnyException());
    }

    @Test
    void findsTheAnnotationOnAnInterface() {
        contextRunner
                .withBean(OfAnnotatedInterface.class)
                .run(context -> assertRejected(context.getBean(AnnotatedInterface.class)::work));
    }

    @Test
    void findsTheAnnotationOnAMethodOfAnInterface() {
        contextRunner.withBean(OfAnnotatedMethod.class).run(context -> {
            assertRejected(context.getBean(AnnotatedMethod.class)::work);
            assertRejected(context.getBean(AnnotatedMethod.class)::inherited);
        });
    }

    @Test
    void findsAComposedAnnotation() {
        contextRunner.withBean(Composed.class).run(context -> {
            assertRejected(context.getBean(Composed.class)::rejected);
            assertThatCode(context.getBean(Composed.class)::skipped).doesNotThrowAnyException();
        });
    }

    @Test
    void guardsLazyBeans() {
        contextRunner
                .withInitializer(TestBeans.bean(Plain.class, definition -> definition.setLazyInit(true)))
                .run(context -> assertRejected(context.getBean(Plain.class)::work));
    }

    @Test
    void guardsEachPrototype() {
        contextRunner
                .withInitializer(
                        TestBeans.bean(Plain.class, definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE)))
                .run(context -> {
                    assertRejected(context.getBean(Plain.class)::work);
                    assertRejected(context.getBean(Plain.class)::work);
                });
    }

    @Test
    void guardsScopedBeans() {
        contextRunner
                .withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                .withUserConfiguration(ScopedConfiguration.class)
                .run(context -> assertRejected(context.getBean(Plain.class)::work));
    }

    @Test
    void guardsWhatAFactoryMethodMakes() {
        contextRunner
                .withUserConfiguration(FactoryConfiguration.class)
                .run(context -> assertRejected(context.getBean(Runnable.class)::run));
    }

    @Test
    void leavesOtherBeansAlone() {
        contextRunner
                .withBean("other", Unannotated.class)
                .run(context -> assertThat(AopUtils.isAopProxy(context.getBean("other")))
                        .isFalse());
    }

    private static void assertRejected(ThrowingCallable call) {
        assertThatExceptionOfType(NotLeaderException.class).isThrownBy(call);
    }

    static class Base {
        public void inheritedMethod() {}
    }

    @LeaderOnly
    static class WholeClass extends Base implements Closeable {

        public void publicMethod() {}

        void packageVisibleMethod() {}

        protected void protectedMethod() {}

        @LeaderOnly(otherwise = Otherwise.SKIP)
        public void skippedMethod() {}

        @OnLeaderElected
        public void elected() {}

        @ExceptionHandler
        public void handle() {}

        @ModelAttribute
        public void model() {}

        @InitBinder
        public void binder() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "whole class";
        }
    }

    @LeaderOnly
    static class WithLifecycle implements Lifecycle {

        public void work() {}

        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    @LeaderOnly
    interface AnnotatedInterface {
        void work();
    }

    static class OfAnnotatedInterface implements AnnotatedInterface {
        @Override
        public void work() {}
    }

    interface AnnotatedMethod {
        @LeaderOnly
        void work();

        @LeaderOnly
        default void inherited() {}
    }

    static class OfAnnotatedMethod implements AnnotatedMethod {
        @Override
        public void work() {}
    }

    @LeaderOnly
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Exclusive {
        @AliasFor(annotation = LeaderOnly.class)
        Otherwise otherwise() default Otherwise.REJECT;
    }

    static class Composed {

        @Exclusive
        void rejected() {}

        @Exclusive(otherwise = Otherwise.SKIP)
        void skipped() {}
    }

    static class Plain implements Runnable {

        @LeaderOnly
        void work() {}

        @Override
        @LeaderOnly
        public void run() {}
    }

    static class Unannotated {}

    @Configuration(proxyBeanMethods = false)
    static class ScopedConfiguration {

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Plain plain() {
            return new Plain();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FactoryConfiguration {

        @Bean
        Runnable runnable() {
            return new Plain();
        }
    }
}
