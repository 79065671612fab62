package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.node.RestartableNode;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application on a class path that truly has no Micrometer: no class may need it to be loaded. */
class WithoutMicrometerTests {

    @Test
    void theNodeLeadsAndAppends() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            assertThatExceptionOfType(ClassNotFoundException.class)
                    .isThrownBy(() -> loader.loadClass("io.micrometer.observation.ObservationRegistry"));
            Thread.currentThread().setContextClassLoader(loader);
            Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();

            assertThat(application.call()).isEqualTo(2L);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL[] classPath() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("micrometer") && !entry.contains("prometheus")) {
                urls.add(new File(entry).toURI().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    /** Answers the index of its first command. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application implements Callable<Long> {

        @Override
        public Long call() throws Exception {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .run("--omnipaxos.storage.type=memory", "--spring.main.banner-mode=off")) {
                await().atMost(Duration.ofSeconds(30)).until(context.getBean(Leadership.class)::isLeader);
                return context.getBean(RestartableNode.class)
                        .append(new byte[1])
                        .get(30, TimeUnit.SECONDS)
                        .index();
            }
        }
    }
}
