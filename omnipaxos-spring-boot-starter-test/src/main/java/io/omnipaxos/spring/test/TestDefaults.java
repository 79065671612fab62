package io.omnipaxos.spring.test;

import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * The properties of tests. Two test classes with the same ones share a context, as this is a record.
 *
 * <p>The storage is in memory: contexts that are cached beside each other would wait for one lock, and a test has no
 * business in the directory of production. This wins over configuration files, which are those of production, or cannot
 * be told apart from them; what a test states itself, a system property and an environment variable win over this.
 *
 * @param leadership whether the test says who leads, so that there is no node
 */
record TestDefaults(boolean leadership) implements ContextCustomizer {

    private static final String NAME = "omnipaxosTestDefaults";

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        Map<String, Object> defaults = leadership
                ? Map.of("omnipaxos.storage.type", "memory", "omnipaxos.pid", "1")
                : Map.of("omnipaxos.storage.type", "memory");
        addAboveFiles(sources, new MapPropertySource(NAME, defaults));
        if (leadership) {
            sources.addFirst(new MapPropertySource(NAME + "Leadership", Map.of("omnipaxos.enabled", "false")));
        }
    }

    private static void addAboveFiles(MutablePropertySources sources, MapPropertySource source) {
        if (sources.contains(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
            sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
        } else {
            sources.addLast(source);
        }
    }
}
