package io.omnipaxos.spring.docs;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.node.RestartableNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Two real nodes with a registry of Prometheus each, which do everything once that is measured. */
final class MeasuredCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    MeasuredCluster() throws Exception {
        List<Integer> ports = FreePorts.find(2);
        for (int pid = 1; pid <= 2; pid++) {
            contexts.add(new SpringApplicationBuilder(Node.class)
                    .web(WebApplicationType.NONE)
                    .run(
                            "--omnipaxos.pid=" + pid,
                            "--omnipaxos.election-tick-timeout=60",
                            "--omnipaxos.storage.type=memory",
                            "--omnipaxos.transport.port=" + ports.get(pid - 1),
                            "--omnipaxos.peers.1=http://127.0.0.1:" + ports.get(0),
                            "--omnipaxos.peers.2=http://127.0.0.1:" + ports.get(1),
                            "--management.metrics.use-global-registry=false",
                            "--spring.main.banner-mode=off"));
        }
        doEverything();
    }

    private void doEverything() throws Exception {
        await().atMost(PATIENCE).until(() -> contexts.stream().anyMatch(MeasuredCluster::leads));
        ConfigurableApplicationContext leader =
                contexts.stream().filter(MeasuredCluster::leads).findFirst().orElseThrow();
        leader.getBean(Work.class).work();
        RestartableNode node = leader.getBean(RestartableNode.class);
        node.append(new byte[1]).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        await().atMost(PATIENCE)
                .until(() -> leader.getBean(Leadership.class).resign().get());
        MeterRegistry meters = leader.getBean(MeterRegistry.class);
        await().atMost(PATIENCE)
                .until(() -> meters.find("omnipaxos.handover").timer() != null
                        && meters.find("omnipaxos.callback")
                                        .tag("callback", "revoked")
                                        .timer()
                                != null);
        first = leader;
    }

    private ConfigurableApplicationContext first;

    /** What Prometheus gets from the node that led first. */
    String scrape() {
        return first.getBean(PrometheusMeterRegistry.class).scrape();
    }

    /** The meters of the node that led first. */
    Set<Meter.Id> meters() {
        return first.getBean(MeterRegistry.class).getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("omnipaxos"))
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    private static boolean leads(ConfigurableApplicationContext context) {
        return context.getBean(Leadership.class).isLeader();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Node {

        @Bean
        Work work() {
            return new Work();
        }
    }

    static class Work {

        @LeaderOnly
        void work() {}

        @OnLeaderElected
        void elected() {}

        @OnLeaderRevoked
        void revoked() {}
    }
}
