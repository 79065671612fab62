package io.omnipaxos.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeadershipScope;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.actuate.NodeDescription;
import io.omnipaxos.spring.actuate.OmniPaxosEndpoint;
import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import io.omnipaxos.spring.autoconfigure.OmniPaxosEndpointAutoConfiguration;
import io.omnipaxos.spring.autoconfigure.OmniPaxosHealthAutoConfiguration;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** Applications whose beans were worked out ahead of time. */
class AheadOfTimeTests {

    private static final Map<String, Object> PROPERTIES = Map.of(
            "omnipaxos.storage.type",
            "memory",
            "omnipaxos.election-tick-timeout",
            "150",
            "management.endpoints.web.exposure.include",
            "omnipaxos");

    @Test
    @CompileWithForkedClassLoader
    void guardCallbacksScopeMapsAndEndpointWorkInTheGeneratedContext() {
        generated(Node.class, (context, hints) -> {
            context.refresh();

            Duty.Told told = context.getBean(Duty.Told.class);
            await().until(() -> !told.words().isEmpty());
            Duty duty = context.getBean(Duty.class);
            assertThat(AopUtils.isCglibProxy(duty)).isTrue();
            assertThat(duty.token()).isEqualTo(context.getBean(Leadership.class).call(token -> token));
            assertThat(context.getBean(Round.class).next()).isEqualTo(1);
            @SuppressWarnings("unchecked")
            ReplicatedMap<Progress> map = context.getBean("progress", ReplicatedMap.class);
            map.put("orders", new Progress(7));
            assertThat(map.get("orders")).contains(new Progress(7));
            assertThat(context.getBean(OmniPaxosEndpoint.class).describe().isLeader())
                    .isTrue();
            assertThat(context.getBean("omnipaxosHealthIndicator", HealthIndicator.class)
                            .health()
                            .getStatus())
                    .isEqualTo(Status.UP);
            context.close();
            assertThat(told.words()).hasSize(2).last().asString().startsWith("revoked");

            assertThat(RuntimeHintsPredicates.reflection().onType(NodeDescription.class))
                    .as("the answer of the endpoint")
                    .accepts(hints);
            for (String callback : List.of("elected", "revoked", "changed")) {
                assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Listener.class, callback))
                        .accepts(hints);
            }
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void whatCannotBeGuardedIsFoundInTheGeneratedContext() {
        generated(Unguardable.class, (context, hints) -> {
            assertThatThrownBy(context::refresh)
                    .rootCause()
                    .isInstanceOf(OmniPaxosStartupException.class)
                    .hasMessageContaining("is final");
        });
    }

    @SuppressWarnings("unchecked")
    private static void generated(Class<?> application, BiConsumer<GenericApplicationContext, RuntimeHints> test) {
        AnnotationConfigApplicationContext made = new AnnotationConfigApplicationContext();
        addProperties(made);
        made.register(application);
        TestGenerationContext generation = new TestGenerationContext(application);
        ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(made, generation);
        generation.writeGeneratedContent();
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            ApplicationContextInitializer<GenericApplicationContext> generated =
                    compiled.getInstance(ApplicationContextInitializer.class, initializer.toString());
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                addProperties(context);
                generated.initialize(context);
                test.accept(context, generation.getRuntimeHints());
            }
        });
    }

    private static void addProperties(GenericApplicationContext context) {
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", PROPERTIES));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        OmniPaxosAutoConfiguration.class,
        OmniPaxosEndpointAutoConfiguration.class,
        OmniPaxosHealthAutoConfiguration.class,
        EndpointAutoConfiguration.class
    })
    @Import({Applications.Working.class, Round.class, Counter.class, Listener.class})
    static class Node {

        @Bean
        ReplicatedMap<Progress> progress(ReplicatedMaps maps) {
            return maps.get("progress", Progress.class);
        }
    }

    /** Not guarded, so that nothing but its callbacks asks for reflection. */
    static class Listener {

        @OnLeaderElected
        void elected() {}

        @OnLeaderRevoked
        private void revoked() {}

        @OnLeaderChanged
        void changed() {}
    }

    record Progress(long page) {}

    @LeadershipScope
    static class Counter {

        private int count;

        public int next() {
            return ++count;
        }
    }

    static class Round {

        private final Counter counter;

        Round(Counter counter) {
            this.counter = counter;
        }

        @LeaderOnly
        public int next() {
            return counter.next();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(OmniPaxosAutoConfiguration.class)
    @Import(FinalWork.class)
    static class Unguardable {}

    static class FinalWork {

        @LeaderOnly
        public final void work() {}
    }
}
