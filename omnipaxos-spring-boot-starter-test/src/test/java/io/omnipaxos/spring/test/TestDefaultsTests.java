package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Real nodes, each a cluster of one, in contexts that are cached beside each other. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, classes = TestDefaultsTests.Application.class)
class TestDefaultsTests {

    private static final Set<ConfigurableApplicationContext> SEEN = ConcurrentHashMap.newKeySet();

    @Autowired
    private Environment environment;

    @Autowired
    private ConfigurableApplicationContext context;

    @Test
    void theStorageIsInMemory() {
        assertThat(environment.getProperty("omnipaxos.storage.type")).isEqualTo("memory");
        assertThat(Path.of("omnipaxos")).doesNotExist();
    }

    @Test
    void thereIsARealNode() {
        Leadership leadership = context.getBean(Leadership.class);

        await().atMost(Duration.ofSeconds(60)).until(leadership::isLeader);

        assertThat(leadership).isNotInstanceOf(TestLeadership.class);
    }

    @Test
    void classesOfTheSameKindShareAContext() {
        ContextCustomizer one = customizer(TestDefaultsTests.class);
        ContextCustomizer other = customizer(Object.class);

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(customizer(ResetTests.class));
        assertThat(customizer(ResetTests.NestedTests.class)).isEqualTo(customizer(ResetTests.class));
    }

    private static ContextCustomizer customizer(Class<?> testClass) {
        return new TestDefaultsFactory().createContextCustomizer(testClass, List.of());
    }

    @Nested
    class FirstContext {
        @Test
        void runsBesideOthers() {
            anotherContextRuns();
        }
    }

    @Nested
    @TestPropertySource(properties = "another=context")
    class SecondContext {
        @Test
        void runsBesideOthers(@Autowired ConfigurableApplicationContext second) {
            SEEN.add(second);
            assertThat(SEEN).allMatch(ConfigurableApplicationContext::isActive);
        }
    }

    @Nested
    @TestPropertySource(properties = {"spring.config.name=production", "omnipaxos.pid=1", "NODE=1"})
    class ConfigurationFile {
        @Test
        void losesAgainstTheDefault(@Autowired Environment ofFile) {
            assertThat(ofFile.getProperty("omnipaxos.storage.directory")).isEqualTo("/dev/null/omnipaxos");
            assertThat(ofFile.getProperty("omnipaxos.storage.type")).isEqualTo("memory");
        }
    }

    @Nested
    @TestPropertySource(properties = "omnipaxos.storage.type=file")
    class StatedByTheTest {

        private static final Path DIRECTORY = Path.of("target", "storage-of-tests", String.valueOf(System.nanoTime()));

        /** None that is temporary: a node refuses such. */
        @DynamicPropertySource
        static void directory(DynamicPropertyRegistry registry) {
            registry.add("omnipaxos.storage.directory", DIRECTORY::toString);
        }

        @Test
        void winsOverTheDefault() {
            assertThat(DIRECTORY).isDirectory();
        }
    }

    private void anotherContextRuns() {
        SEEN.add(context);
        assertThat(SEEN).allMatch(ConfigurableApplicationContext::isActive);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
