package io.omnipaxos.spring.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderChangedEvent;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderRevokedEvent;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.TestBeans;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyPostProcessor;
import io.omnipaxos.spring.guard.LeaderOnlyRules;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

class CallbackTests {

    private static final Tenure TENURE = new Tenure(new Ballot(1, 3, 0, 1), 42);
    private static final LeaderChange CHANGE =
            new LeaderChange(Instant.parse("2026-01-01T00:00:00Z"), FakeLeadership.leader(2), "a test");

    private final FakeLeadership leadership = new FakeLeadership();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withBean(Leadership.class, () -> leadership)
            .withBean(Told.class)
            .withUserConfiguration(CallbackConfiguration.class);

    @Test
    void handsOverArgumentsInAnyOrder() {
        contextRunner.withBean(AllArguments.class).run(context -> {
            LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
            callbacks.elected(TENURE);
            callbacks.revoked(TENURE, "a test");
            callbacks.changed(CHANGE);
            assertThat(context.getBean(AllArguments.class).arguments)
                    .containsExactly(leadership, TENURE, TENURE, leadership, CHANGE, leadership);
        });
    }

    @Test
    void callsOneAfterAnotherAndThenTheListenersOfTheEvent() {
        contextRunner
                .withBean(Listener.class)
                .withBean(Second.class)
                .withBean(First.class)
                .run(context -> {
                    context.getBean(LeadershipCallbacks.class).elected(TENURE);
                    assertThat(context.getBean(Told.class))
                            .containsExactly("first", "second", new LeaderElectedEvent(TENURE));
                });
    }

    @Test
    void publishesTheSameFactsAsEvents() {
        contextRunner.withBean(Listener.class).run(context -> {
            LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
            callbacks.elected(TENURE);
            callbacks.revoked(TENURE, "a test");
            callbacks.changed(CHANGE);
            assertThat(context.getBean(Told.class))
                    .containsExactly(
                            new LeaderElectedEvent(TENURE),
                            new LeaderRevokedEvent(TENURE, "a test"),
                            new LeaderChangedEvent(CHANGE));
        });
    }

    @Test
    void goesOnAfterACallbackThatThrows() {
        contextRunner
                .withBean(Throwing.class)
                .withBean(First.class)
                .withBean(Listener.class)
                .run(context -> {
                    LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
                    callbacks.elected(TENURE);
                    assertThat(context.getBean(Told.class)).hasSize(2);
                    assertThat(callbacks.failures()).isOne();
                });
    }

    @Test
    void tellsOfFailuresInWords() {
        contextRunner.withBean(Throwing.class).withBean(First.class).run(context -> {
            LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
            List<String> failures = new ArrayList<>();
            callbacks.onFailure((what, thrown) -> failures.add(what + " " + (thrown != null)));
            callbacks.elected(TENURE);
            assertThat(failures).singleElement().asString().matches("@OnLeaderElected Throwing\\..*\\(\\) true");
        });
    }

    @Test
    void tellsALateBeanThePresentStateOnce() {
        contextRunner
                .withInitializer(TestBeans.bean(Late.class, definition -> definition.setLazyInit(true)))
                .run(context -> {
                    LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
                    callbacks.changed(CHANGE);
                    callbacks.elected(TENURE);
                    context.getBean(Late.class);
                    assertThat(context.getBean(Told.class)).containsExactlyInAnyOrder("elected", "changed");
                    callbacks.revoked(TENURE, "a test");
                    assertThat(context.getBean(Told.class)).hasSize(3).last().isEqualTo("revoked");
                });
    }

    @Test
    void tellsALateBeanTheEndOfWhateverItWasToldOf() {
        List<Runnable> laterOn = new ArrayList<>();
        contextRunner
                .withBean(Executor.class, () -> laterOn::add)
                .withInitializer(TestBeans.bean(Late.class, definition -> definition.setLazyInit(true)))
                .run(context -> {
                    LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
                    callbacks.elected(TENURE);
                    context.getBean(Late.class);
                    laterOn.get(0).run();
                    callbacks.revoked(TENURE, "a test");
                    laterOn.subList(1, laterOn.size()).forEach(Runnable::run);
                    assertThat(context.getBean(Told.class)).containsExactly("elected", "revoked");
                });
    }

    @Test
    void tellsALateBeanNothingOfALeadershipThatEnded() {
        contextRunner
                .withInitializer(TestBeans.bean(Late.class, definition -> definition.setLazyInit(true)))
                .run(context -> {
                    LeadershipCallbacks callbacks = context.getBean(LeadershipCallbacks.class);
                    callbacks.elected(TENURE);
                    callbacks.revoked(TENURE, "a test");
                    context.getBean(Late.class);
                    assertThat(context.getBean(Told.class)).isEmpty();
                });
    }

    @Test
    void doesNotMakeALazyBean() {
        contextRunner
                .withInitializer(TestBeans.bean(Late.class, definition -> definition.setLazyInit(true)))
                .run(context -> {
                    context.getBean(LeadershipCallbacks.class).elected(TENURE);
                    assertThat(context.getBeanFactory().getSingletonNames()).noneMatch(name -> name.contains("Late"));
                });
    }

    @Test
    void callsPackageVisibleAndPrivateMethodsOfABeanWithAProxy() {
        contextRunner
                .withBean(
                        LeaderOnlyPostProcessor.class,
                        () -> new LeaderOnlyPostProcessor(
                                new LeaderOnlyRules(), () -> leadership, new LeaderOnlyCalls()))
                .withBean(WithProxy.class)
                .run(context -> {
                    assertThat(AopUtils.isCglibProxy(context.getBean(WithProxy.class)))
                            .isTrue();
                    context.getBean(LeadershipCallbacks.class).elected(TENURE);
                    assertThat(context.getBean(Told.class)).containsExactlyInAnyOrder("package", "private", "final");
                });
    }

    @Test
    void findsAComposedAnnotationAndOneOnAnInterface() {
        contextRunner.withBean(Composed.class).run(context -> {
            context.getBean(LeadershipCallbacks.class).elected(TENURE);
            assertThat(context.getBean(Told.class)).containsExactlyInAnyOrder("composed", "interface");
        });
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(UnknownParameter.class, "has a parameter of java.lang.String"),
                Arguments.of(ParameterOfAnotherKind.class, "has a parameter of " + LeaderChange.class.getName()));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refusesParametersThatNobodyCanFill(Class<?> type, String description) {
        contextRunner
                .withBean(type)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(OmniPaxosStartupException.class)
                        .hasMessageContaining(description));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refusesThemOnALazyBeanAsWell(Class<?> type, String description) {
        contextRunner
                .withInitializer(TestBeans.bean(type, definition -> definition.setLazyInit(true)))
                .run(context -> assertThat(context.getStartupFailure()).hasMessageContaining(description));
    }

    @Test
    void refusesCallbacksOfAPrototype() {
        contextRunner
                .withInitializer(
                        TestBeans.bean(First.class, definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE)))
                .run(context -> assertThat(context.getStartupFailure()).hasMessageContaining("is not a singleton"));
    }

    /** What was told, in order. */
    static class Told extends ArrayList<Object> {}

    static class AllArguments {

        private final List<Object> arguments = new ArrayList<>();

        @OnLeaderElected
        void elected(Leadership leadership, Tenure tenure) {
            arguments.addAll(List.of(leadership, tenure));
        }

        @OnLeaderRevoked
        void revoked(Tenure tenure, Leadership leadership) {
            arguments.addAll(List.of(tenure, leadership));
        }

        @OnLeaderChanged
        void changed(LeaderChange change, Leadership leadership) {
            arguments.addAll(List.of(change, leadership));
        }
    }

    record First(Told told) {
        @OnLeaderElected
        @Order(1)
        void elected() {
            told.add("first");
        }
    }

    record Second(Told told) {
        @OnLeaderElected
        @Order(2)
        void elected() {
            told.add("second");
        }
    }

    static class Throwing {
        @OnLeaderElected
        @Order(0)
        void elected() {
            throw new IllegalStateException("on purpose");
        }
    }

    record Listener(Told told) {

        @EventListener({LeaderElectedEvent.class, LeaderRevokedEvent.class, LeaderChangedEvent.class})
        void on(Object event) {
            told.add(event);
        }
    }

    record Late(Told told) {

        @OnLeaderElected
        void elected() {
            told.add("elected");
        }

        @OnLeaderRevoked
        void revoked() {
            told.add("revoked");
        }

        @OnLeaderChanged
        void changed() {
            told.add("changed");
        }
    }

    static class WithProxy {

        private final Told told;

        WithProxy(Told told) {
            this.told = told;
        }

        @LeaderOnly
        public void work() {}

        @OnLeaderElected
        void packageVisible() {
            told.add("package");
        }

        @OnLeaderElected
        private void hidden() {
            told.add("private");
        }

        @OnLeaderElected
        public final void unchangeable() {
            told.add("final");
        }
    }

    @OnLeaderElected
    @Retention(RetentionPolicy.RUNTIME)
    @interface WarmUp {}

    interface Elected {
        @OnLeaderElected
        void elected();
    }

    record Composed(Told told) implements Elected {

        @WarmUp
        void warmUp() {
            told.add("composed");
        }

        @Override
        public void elected() {
            told.add("interface");
        }
    }

    static class UnknownParameter {
        @OnLeaderElected
        void elected(String what) {}
    }

    static class ParameterOfAnotherKind {
        @OnLeaderElected
        void elected(LeaderChange change) {}
    }
}
