package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.state.MapChange;
import io.omnipaxos.spring.state.MapEntries;
import io.omnipaxos.spring.state.MapListener;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** The whole way from properties to callbacks, in applications without a web server, signed, on ports for peers alone. */
class ThreeContextsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    @BeforeEach
    void start() {
        List<Integer> ports = FreePorts.find(3);
        for (int pid = 1; pid <= 3; pid++) {
            List<String> arguments = new ArrayList<>(List.of(
                    "--omnipaxos.pid=" + pid,
                    "--omnipaxos.election-tick-timeout=100",
                    "--omnipaxos.storage.type=memory",
                    "--omnipaxos.transport.port=" + ports.get(pid - 1),
                    "--omnipaxos.transport.shared-secret=a secret of this test alone",
                    "--management.metrics.use-global-registry=false",
                    "--spring.main.banner-mode=off"));
            for (int peer = 1; peer <= 3; peer++) {
                arguments.add("--omnipaxos.peers." + peer + "=http://127.0.0.1:" + ports.get(peer - 1));
            }
            contexts.add(new SpringApplicationBuilder(Node.class)
                    .web(WebApplicationType.NONE)
                    .run(arguments.toArray(String[]::new)));
        }
    }

    @AfterEach
    void stop() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void oneLeadsWorksAndHandsOverWhenItIsClosed() {
        ConfigurableApplicationContext first = awaitLeader();
        Work firstWork = first.getBean(Work.class);
        long token = firstWork.token();
        await().atMost(PATIENCE).until(() -> firstWork.told().contains("event " + token));

        assertThat(firstWork.told()).containsSubsequence("elected " + token, "event " + token);
        for (ConfigurableApplicationContext other : contexts) {
            if (other != first) {
                assertThat(other.getBean(Work.class).refusesToWork()).isTrue();
            }
        }
        progress(first).put("import", new Progress(1, token));
        awaitEverywhere(Map.of("import", new Progress(1, token)));

        contexts.remove(first);
        first.close();

        assertThat(firstWork.told()).contains("revoked " + token);
        ConfigurableApplicationContext second = awaitLeader();
        assertThat(second.getBean(Work.class).token()).isGreaterThan(token);
        Progress last = progress(second).get("import").orElseThrow();
        assertThat(last).isEqualTo(new Progress(1, token));
        progress(second).replace("import", last, new Progress(2, token));
        assertThat(progress(second)
                        .replace("import", last, new Progress(3, token))
                        .applied())
                .isFalse();
        awaitEverywhere(Map.of("import", new Progress(2, token)));
        await().atMost(PATIENCE)
                .until(() -> contexts.stream()
                        .allMatch(context -> context.getBean(Work.class).told().contains("changed to one")));
    }

    private static ReplicatedMap<Progress> progress(ConfigurableApplicationContext context) {
        return context.getBean(ReplicatedMaps.class).get("progress", Progress.class);
    }

    private void awaitEverywhere(Map<String, Progress> expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(contexts)
                        .extracting(context -> context.getBean(Copy.class).known())
                        .containsOnly(expected));
    }

    private ConfigurableApplicationContext awaitLeader() {
        await().atMost(PATIENCE)
                .until(() -> contexts.stream().filter(ThreeContextsTests::leads).count() == 1);
        return contexts.stream().filter(ThreeContextsTests::leads).findFirst().orElseThrow();
    }

    private static boolean leads(ConfigurableApplicationContext context) {
        return context.getBean(Leadership.class).isLeader();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Node {

        /** Watches before the node has started. */
        @Bean
        Copy copy(ReplicatedMaps maps) {
            Copy copy = new Copy();
            maps.get("progress", Progress.class).watch(copy);
            return copy;
        }

        @Bean
        Work work(Leadership leadership) {
            return new Work(leadership);
        }
    }

    record Progress(long page, long token) {}

    /** What a node knows of the map without asking. */
    static class Copy implements MapListener<Progress> {

        private final Map<String, Progress> known = new ConcurrentHashMap<>();

        Map<String, Progress> known() {
            return known;
        }

        @Override
        public void present(MapEntries<Progress> entries) {
            known.putAll(entries.values());
        }

        @Override
        public void changed(MapChange<Progress> change) {
            known.put(change.key(), Objects.requireNonNull(change.newValue()));
        }
    }

    static class Work {

        private final Queue<String> told = new ConcurrentLinkedQueue<>();
        private final Leadership leadership;

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        /** A proxy has no fields of its own, so it is asked. */
        public Queue<String> told() {
            return told;
        }

        @LeaderOnly
        public long token() {
            return leadership.fencingToken();
        }

        /** Asks like any bean would, not through its own proxy. */
        public boolean refusesToWork() {
            try {
                leadership.run(token -> {});
                return false;
            } catch (NotLeaderException expected) {
                return true;
            }
        }

        @OnLeaderElected
        public void elected(Tenure tenure) {
            told.add("elected " + tenure.fencingToken());
        }

        @EventListener
        public void event(LeaderElectedEvent event) {
            told.add("event " + event.tenure().fencingToken());
        }

        @OnLeaderRevoked
        public void revoked(Tenure tenure) {
            told.add("revoked " + tenure.fencingToken());
        }

        @OnLeaderChanged
        public void changed(LeaderChange change) {
            told.add(change.leader() == null ? "changed to none" : "changed to one");
        }
    }
}
