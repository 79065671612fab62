package io.omnipaxos.spring.cluster;

import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Three contexts that form a cluster, on ports that are known. */
final class ThreeNodes implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();
    private final List<Integer> ports;

    /**
     * Starts them.
     *
     * @param shared whether peers use the port of a web server
     * @param arguments those of each node beside its pid and its peers
     */
    ThreeNodes(boolean shared, String scheme, IntFunction<List<String>> arguments) {
        this(shared, shared ? WebApplicationType.SERVLET : WebApplicationType.NONE, scheme, arguments);
    }

    /**
     * Starts them.
     *
     * @param type whether they have a web server, also if peers do not use its port
     * @param beans more beans of each
     */
    ThreeNodes(
            boolean shared,
            WebApplicationType type,
            String scheme,
            IntFunction<List<String>> arguments,
            Class<?>... beans) {
        ports = FreePorts.find(3);
        for (int pid = 1; pid <= 3; pid++) {
            List<String> all = new ArrayList<>(List.of(
                    "--omnipaxos.pid=" + pid,
                    "--omnipaxos.map.max-value-size=1KB",
                    (shared ? "--server.port=" : "--omnipaxos.transport.port=") + ports.get(pid - 1),
                    "--management.metrics.use-global-registry=false",
                    "--spring.main.banner-mode=off"));
            for (int peer = 1; peer <= 3; peer++) {
                all.add("--omnipaxos.peers." + peer + "=" + scheme + "://127.0.0.1:" + ports.get(peer - 1));
            }
            all.addAll(arguments.apply(pid));
            addUnlessGiven(all, "--omnipaxos.election-tick-timeout=", "30");
            addUnlessGiven(all, "--omnipaxos.storage.type=", "memory");
            contexts.add(new SpringApplicationBuilder(Node.class)
                    .sources(beans)
                    .web(type)
                    .run(all.toArray(String[]::new)));
        }
    }

    private static void addUnlessGiven(List<String> arguments, String name, String value) {
        if (arguments.stream().noneMatch(argument -> argument.startsWith(name))) {
            arguments.add(name + value);
        }
    }

    /** Waits until one leads, the beans of all have been told of it and it can write. */
    ConfigurableApplicationContext awaitLeader() {
        await().atMost(PATIENCE)
                .until(() -> contexts.stream().filter(ThreeNodes::leads).count() == 1
                        && contexts.stream().allMatch(ThreeNodes::knowsLeader));
        ConfigurableApplicationContext leader =
                contexts.stream().filter(ThreeNodes::leads).findFirst().orElseThrow();
        map(leader).put("first", "written");
        return leader;
    }

    int port(ConfigurableApplicationContext context) {
        return ports.get(contexts.indexOf(context));
    }

    List<ConfigurableApplicationContext> contexts() {
        return contexts;
    }

    static boolean leads(ConfigurableApplicationContext context) {
        return context.getBean(Leadership.class).isLeader();
    }

    static long token(ConfigurableApplicationContext context) {
        return context.getBean(Leadership.class).call(token -> token);
    }

    static ReplicatedMap<String> map(ConfigurableApplicationContext context) {
        return context.getBean(ReplicatedMaps.class).get("map", String.class);
    }

    /** The changes of leader that a node saw since this was asked last. */
    static List<LeaderChange> changes(ConfigurableApplicationContext context) {
        Queue<LeaderChange> seen = context.getBean(Changes.class).seen;
        List<LeaderChange> taken = List.copyOf(seen);
        seen.removeAll(taken);
        return taken;
    }

    @Override
    public void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    private static boolean knowsLeader(ConfigurableApplicationContext context) {
        Optional<Leader> leader = context.getBean(Leadership.class).leader();
        return leader.isPresent()
                && leader.equals(context.getBean(Changes.class).last());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Node {

        @Bean
        Changes changes() {
            return new Changes();
        }

        /** Before the node starts. */
        @Bean
        ReplicatedMap<String> map(ReplicatedMaps maps) {
            return maps.get("map", String.class);
        }
    }

    static class Changes {

        private final Queue<LeaderChange> seen = new ConcurrentLinkedQueue<>();
        private volatile @Nullable Leader last;

        Optional<Leader> last() {
            return Optional.ofNullable(last);
        }

        @OnLeaderChanged
        void changed(LeaderChange change) {
            seen.add(change);
            last = change.leader();
        }
    }
}
