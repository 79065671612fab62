package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** An application context with the code of an example: of the old release, leading alone in its cluster, or never leading. */
final class ExampleNode implements AutoCloseable {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    private ExampleNode(Consumer<AnnotationConfigApplicationContext> beans, Class<?>... components) {
        beans.accept(context);
        if (components.length > 0) {
            context.register(components);
        }
    }

    /** Without this library. */
    static ExampleNode old(Consumer<AnnotationConfigApplicationContext> beans, Class<?>... components) {
        ExampleNode node = new ExampleNode(beans, components);
        node.context.refresh();
        return node;
    }

    /** Returns once the callbacks of the example have been told that it leads. */
    static ExampleNode leading(Consumer<AnnotationConfigApplicationContext> beans, Class<?>... components) {
        return leading(beans, components, "omnipaxos.storage.type=memory");
    }

    /** Finds what an earlier node left in the directory. */
    static ExampleNode leadingFrom(
            Path directory, Consumer<AnnotationConfigApplicationContext> beans, Class<?>... components) {
        return leading(beans, components, "omnipaxos.storage.directory=" + directory);
    }

    private static ExampleNode leading(
            Consumer<AnnotationConfigApplicationContext> beans, Class<?>[] components, String storage) {
        // A lease of five seconds, so that no pause of a busy machine makes the examples skip their work.
        ExampleNode node = withLibrary(
                beans, components, storage, "omnipaxos.tick-interval=10ms", "omnipaxos.election-tick-timeout=500");
        node.context.getBean(Elections.class).awaitElected();
        return node;
    }

    static ExampleNode neverLeading(Consumer<AnnotationConfigApplicationContext> beans, Class<?>... components) {
        return withLibrary(beans, components, "omnipaxos.enabled=false");
    }

    private static ExampleNode withLibrary(
            Consumer<AnnotationConfigApplicationContext> beans, Class<?>[] components, String... properties) {
        ExampleNode node = new ExampleNode(beans, components);
        TestPropertyValues.of(properties).applyTo(node.context);
        node.context.register(Elections.class, OmniPaxosAutoConfiguration.class);
        node.context.refresh();
        return node;
    }

    <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }

    /** Called last, when the callbacks of the example are over. */
    static class Elections {

        private final BlockingQueue<Tenure> elected = new LinkedBlockingQueue<>();

        @OnLeaderElected
        void elected(Tenure tenure) {
            elected.add(tenure);
        }

        void awaitElected() {
            try {
                assertThat(elected.poll(30, TimeUnit.SECONDS)).isNotNull();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
