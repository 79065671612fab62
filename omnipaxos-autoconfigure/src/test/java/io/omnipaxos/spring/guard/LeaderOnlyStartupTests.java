package io.omnipaxos.spring.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.TestBeans;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

class LeaderOnlyStartupTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withBean(Leadership.class, FakeLeadership::new)
            .withUserConfiguration(GuardConfiguration.class);

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(FinalClass.class, "final class", "non-final"),
                Arguments.of(FinalMethod.class, "is final: no proxy", "non-final"),
                Arguments.of(FinalMethodOfClass.class, "is final: no proxy", "non-final"),
                Arguments.of(PrivateMethod.class, "is private: no proxy", "non-private"),
                Arguments.of(StaticMethod.class, "is static: no proxy", "non-static"),
                Arguments.of(SkippedValue.class, "returns a value and is to be skipped", "REJECT"),
                Arguments.of(SkippedPrimitiveOfClass.class, "returns a value and is to be skipped", "REJECT"),
                Arguments.of(SkippedHandler.class, "the client would get an empty success", "503"),
                Arguments.of(SkippedListener.class, "acknowledged and lost", "@OnLeaderElected"),
                Arguments.of(ForwardedHelper.class, "is no handler method of a Spring MVC controller", "REJECT"),
                Arguments.of(RedirectedBean.class, "is no handler method of a Spring MVC controller", "REJECT"),
                Arguments.of(MappedButNoController.class, "is no handler method of a Spring MVC controller", "REJECT"),
                Arguments.of(RoutedWithoutMvc.class, "this is no servlet application", "REJECT"),
                Arguments.of(ScheduledValue.class, "returns a value that nobody gets", "Make it void"),
                Arguments.of(Revoked.class, "would never run", "Remove @LeaderOnly"),
                Arguments.of(BeanMethod.class, "is a @Bean method", "methods of the bean"),
                Arguments.of(Reactive.class, "returns Flow.Publisher", "CompletableFuture"),
                Arguments.of(PlainFuture.class, "returns Future", "CompletableFuture"),
                Arguments.of(Deferred.class, "returns DeferredResult", "CompletableFuture"),
                Arguments.of(Emitter.class, "returns SseEmitter", "CompletableFuture"),
                Arguments.of(Streaming.class, "returns StreamingResponseBody", "CompletableFuture"),
                Arguments.of(Called.class, "returns Callable", "CompletableFuture"),
                Arguments.of(ReactiveLater.class, "returns Flow.Publisher", "CompletableFuture"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatCannotBeGuarded(Class<?> type, String description, String action) {
        contextRunner
                .withBean(type)
                .run(context -> assertThat(faults(context)).singleElement().satisfies(fault -> {
                    assertThat(fault.description()).contains(type.getName()).contains(description);
                    assertThat(fault.action()).contains(action);
                }));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesItOnALazyBeanAsWell(Class<?> type, String description) {
        contextRunner
                .withInitializer(TestBeans.bean(type, definition -> definition.setLazyInit(true)))
                .run(context -> assertThat(faults(context))
                        .singleElement()
                        .satisfies(fault -> assertThat(fault.description()).contains(description)));
    }

    @Test
    void refusesItOnAPrototypeAsWell() {
        contextRunner
                .withInitializer(TestBeans.bean(
                        FinalMethod.class, definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE)))
                .run(context -> assertThat(faults(context)).hasSize(1));
    }

    @Test
    void refusesItOnWhatAFactoryMakes() {
        contextRunner
                .withUserConfiguration(LazyFactory.class)
                .run(context -> assertThat(faults(context)).hasSize(1));
    }

    @Test
    void refusesItAtTheFirstUseOfAnUndeclaredType() {
        contextRunner
                .withUserConfiguration(UndeclaredFactory.class)
                .run(context -> assertThat(faultsOf(catchFailure(() -> context.getBean("made"))))
                        .hasSize(1));
    }

    @Test
    void reportsAllFaultsOfLazyBeansAtOnce() {
        contextRunner
                .withInitializer(TestBeans.bean(FinalMethod.class, definition -> definition.setLazyInit(true)))
                .withInitializer(TestBeans.bean(StaticMethod.class, definition -> definition.setLazyInit(true)))
                .run(context -> assertThat(faults(context)).hasSize(2));
    }

    @Test
    void refusesABeanThatWasRegisteredByHand() {
        contextRunner
                .withInitializer(context -> context.getBeanFactory().registerSingleton("byHand", new Sound()))
                .run(context -> assertThat(faults(context))
                        .singleElement()
                        .satisfies(fault -> assertThat(fault.description()).contains("'byHand'", "but no guard")));
    }

    @Test
    void refusesABeanThatWasMadeTooEarly() {
        contextRunner
                .withUserConfiguration(EarlyConfiguration.class)
                .run(context -> assertThat(faults(context))
                        .singleElement()
                        .satisfies(fault -> assertThat(fault.description()).contains("'early'", "but no guard")));
    }

    @Test
    void acceptsWhatCanBeGuarded() {
        contextRunner.withBean(Sound.class).run(context -> assertThat(context).hasNotFailed());
    }

    private static List<StartupFault> faults(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        return faultsOf(context.getStartupFailure());
    }

    private static List<StartupFault> faultsOf(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof OmniPaxosStartupException)) {
            assertThat(cause).isNotNull();
            cause = cause.getCause();
        }
        return ((OmniPaxosStartupException) cause).faults();
    }

    private static Throwable catchFailure(Callable<?> call) {
        try {
            call.call();
        } catch (Exception failure) {
            return failure;
        }
        throw new AssertionError("nothing was thrown");
    }

    static final class FinalClass {
        @LeaderOnly
        void work() {}
    }

    static class FinalMethod {
        @LeaderOnly
        final void work() {}
    }

    @LeaderOnly
    static class FinalMethodOfClass {
        public final void work() {}
    }

    static class PrivateMethod {
        @LeaderOnly
        private void work() {}
    }

    static class StaticMethod {
        @LeaderOnly
        static void work() {}
    }

    static class SkippedValue {
        @LeaderOnly(otherwise = Otherwise.SKIP)
        String work() {
            return "";
        }
    }

    @LeaderOnly(otherwise = Otherwise.SKIP)
    static class SkippedPrimitiveOfClass {
        public int work() {
            return 0;
        }
    }

    static class SkippedHandler {
        @PostMapping("/work")
        @LeaderOnly(otherwise = Otherwise.SKIP)
        public void work() {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @org.springframework.messaging.handler.annotation.MessageMapping
    @interface AnyListener {}

    static class SkippedListener {
        @AnyListener
        @LeaderOnly(otherwise = Otherwise.SKIP)
        public void work() {}
    }

    static class ScheduledValue {
        @Scheduled(fixedDelay = 1000)
        @LeaderOnly
        public boolean work() {
            return true;
        }
    }

    static class Revoked {
        @OnLeaderRevoked
        @LeaderOnly
        void work() {}
    }

    static class BeanMethod {
        @Bean
        @LeaderOnly
        Object work() {
            return new Object();
        }
    }

    static class Reactive {
        @LeaderOnly
        Flow.Publisher<String> work() {
            return subscriber -> {};
        }
    }

    static class PlainFuture {
        @LeaderOnly
        Future<String> work() {
            return new CompletableFuture<>();
        }
    }

    static class Deferred {
        @LeaderOnly
        DeferredResult<String> work() {
            return new DeferredResult<>();
        }
    }

    static class Emitter {
        @LeaderOnly
        SseEmitter work() {
            return new SseEmitter();
        }
    }

    static class Streaming {
        @LeaderOnly
        ResponseEntity<StreamingResponseBody> work() {
            return ResponseEntity.ok(out -> {});
        }
    }

    static class Called {
        @LeaderOnly
        Callable<String> work() {
            return () -> "";
        }
    }

    static class ReactiveLater {
        @LeaderOnly
        CompletableFuture<Flow.Publisher<String>> work() {
            return new CompletableFuture<>();
        }
    }

    static class Sound {
        @LeaderOnly
        String work() {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyFactory {
        @Bean
        @Lazy
        FinalMethod made() {
            return new FinalMethod();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UndeclaredFactory {
        @Bean
        @Lazy
        Object made() {
            return new FinalMethod();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class EarlyConfiguration {

        @Bean
        static Sound early() {
            return new Sound();
        }

        @Bean
        static Eager eager(Sound early) {
            return new Eager();
        }
    }

    static class Eager implements BeanPostProcessor, PriorityOrdered {
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }
    }

    @RestController
    static class ForwardedHelper {
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        String helper() {
            return "";
        }
    }

    @LeaderOnly(otherwise = Otherwise.REDIRECT)
    static class RedirectedBean {
        void work() {}
    }

    static class MappedButNoController {
        @PostMapping("/work")
        @LeaderOnly(otherwise = Otherwise.REDIRECT)
        void work() {}
    }

    @RestController
    static class RoutedWithoutMvc {
        @PostMapping("/work")
        @LeaderOnly(otherwise = Otherwise.FORWARD)
        void work() {}
    }
}
