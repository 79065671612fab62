package io.omnipaxos.spring.routing;

import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A web application on a free port whose node leads if the test says so, and knows of the leader what the test says. */
final class RoutedApplication implements AutoCloseable {

    private final ServletWebServerApplicationContext context;
    private final String contextPath;

    /** Starts it, as a follower without a leader. */
    RoutedApplication(long pid, String contextPath, Class<?> beans, String... arguments) {
        this.contextPath = contextPath;
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.servlet.context-path=" + contextPath,
                "--omnipaxos.enabled=false",
                "--omnipaxos.pid=" + pid,
                "--management.metrics.use-global-registry=false",
                "--spring.main.banner-mode=off"));
        all.addAll(Arrays.asList(arguments));
        context = (ServletWebServerApplicationContext)
                new SpringApplicationBuilder(Base.class, beans).run(all.toArray(String[]::new));
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + context.getWebServer().getPort() + contextPath);
    }

    URI url(String path) {
        return URI.create(base() + path);
    }

    FakeLeadership leadership() {
        return context.getBean(FakeLeadership.class);
    }

    /** From now on this node knows that the other one leads, and where. */
    void follow(long pid, URI url) {
        context.getBean(Urls.class).put(pid, url);
        leadership().follow(pid);
    }

    Urls urls() {
        return context.getBean(Urls.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Whether no request is under way: what came of an answer that has arrived may still be counted. */
    boolean isIdle() {
        TomcatWebServer server = (TomcatWebServer) context.getWebServer();
        return ((ThreadPoolExecutor) server.getTomcat()
                                .getConnector()
                                .getProtocolHandler()
                                .getExecutor())
                        .getActiveCount()
                == 0;
    }

    /** How many calls came to each end, without those that none came to. */
    Map<Outcome, Long> counts() {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            long count = context.getBean(LeaderOnlyCalls.class).count(outcome);
            if (count > 0) {
                counts.put(outcome, count);
            }
        }
        return counts;
    }

    @Override
    public void close() {
        context.close();
    }

    static final class Urls implements AdvertisedUrls {

        private final Map<Long, URI> urls = new ConcurrentHashMap<>();

        void put(long pid, URI url) {
            urls.put(pid, url);
        }

        @Override
        public URI of(long pid) {
            return urls.get(pid);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Base {

        @Bean
        FakeLeadership leadership() {
            return new FakeLeadership().withoutLeader();
        }

        @Bean
        Urls urls() {
            return new Urls();
        }
    }
}
