package io.omnipaxos.spring.test.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.Assert;

/**
 * A cluster of real contexts of an application in one process, with real nodes, storages in memory, and a network in
 * memory that a test can cut. No port is opened.
 *
 * <p>It runs in real time, on threads: what a test waits for takes as long as in production with the same timeouts, which
 * are an election timeout and a lease of one second here. {@code io.omnipaxos.simulation} of the core has clusters in
 * virtual time, without Spring.
 *
 * <p>Nodes are called by their pids, from 1. Safe for use by any thread; several clusters may run at once.
 */
public final class TestCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How often to look at what no event tells, such as the end of a lease. */
    private static final long LOOK_MILLIS = 100;

    private final MemoryNetwork network = new MemoryNetwork();
    private final SortedMap<Long, ClusterNode> nodes = new TreeMap<>();
    private final Object monitor = new Object();

    private TestCluster(Builder builder) {
        List<Long> members = new ArrayList<>();
        for (long pid = 1; pid <= builder.nodes; pid++) {
            members.add(pid);
        }
        for (long pid : members) {
            nodes.put(
                    pid,
                    new ClusterNode(
                            pid,
                            new TreeSet<>(members),
                            network,
                            builder.applications(),
                            builder.arguments(pid),
                            this::url,
                            this::changed));
        }
    }

    /** A cluster of so many nodes, at least 1. */
    public static Builder of(int nodes) {
        Assert.isTrue(nodes >= 1, "a cluster has at least one node");
        return new Builder(nodes);
    }

    /** The node that leads at this moment. One that is cut off leads until its lease runs out. */
    public OptionalLong leader() {
        return nodes.values().stream()
                .filter(ClusterNode::isLeader)
                .mapToLong(ClusterNode::pid)
                .findFirst();
    }

    /** As {@link #awaitLeader(Duration)}, within a minute. */
    public long awaitLeader() {
        return awaitLeader(PATIENCE);
    }

    /**
     * Waits for a leader that is going to last: it is connected with a quorum, whatever the test has cut, and all nodes
     * that it is connected with know it.
     *
     * @return its pid
     * @throws AssertionError if there is none in time; says what each node sees
     */
    public long awaitLeader(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (monitor) {
            while (true) {
                OptionalLong found = lastingLeader();
                if (found.isPresent()) {
                    return found.getAsLong();
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("there is no leader within " + patience + ":\n" + words());
                }
                try {
                    monitor.wait(Math.min(left, LOOK_MILLIS));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted while waiting for a leader:\n" + words(), interrupted);
                }
            }
        }
    }

    /**
     * A bean of a node that runs.
     *
     * @throws IllegalStateException if it does not run
     */
    public <T> T bean(long pid, Class<T> type) {
        return context(pid).getBean(type);
    }

    /** The context of a node that runs. */
    public ConfigurableApplicationContext context(long pid) {
        ConfigurableApplicationContext context = node(pid).context();
        if (context == null) {
            throw new IllegalStateException("node " + pid + " does not run; restart it first");
        }
        return context;
    }

    /** The contexts of all nodes that run, by pid. */
    public SortedMap<Long, ApplicationContext> contexts() {
        SortedMap<Long, ApplicationContext> running = new TreeMap<>();
        nodes.forEach((pid, node) -> {
            ApplicationContext context = node.context();
            if (context != null) {
                running.put(pid, context);
            }
        });
        return Collections.unmodifiableSortedMap(running);
    }

    /** Cuts a node off from all others, both ways. */
    public void isolate(long pid) {
        node(pid);
        nodes.keySet().stream().filter(other -> other != pid).forEach(other -> cut(pid, other));
    }

    /** Cuts the link of two nodes, both ways. */
    public void cut(long one, long other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** From now on nothing passes from the one node to the other, while answers of that one still arrive. */
    public void cutOneWay(long from, long to) {
        network.cut(node(from).pid(), node(to).pid());
    }

    /** Undoes all cuts. */
    public void heal() {
        network.heal();
    }

    /** Closes the context of a node: it hands leadership over, as at a shutdown. Returns when it is closed. */
    public void stop(long pid) {
        node(pid).stop();
    }

    /**
     * Ends a node at once and without a word to its peers, who go on as if its process were gone. Its context is closed
     * behind that; so callbacks of this node that are told of the end of its leadership see more than a killed process
     * would.
     */
    public void kill(long pid) {
        ClusterNode node = node(pid);
        node.halt();
        node.stop();
    }

    /** Starts a node again, with what its storage holds; one that runs is stopped first. Returns when it is up. */
    public void restart(long pid) {
        ClusterNode node = node(pid);
        node.stop();
        node.begin(PATIENCE);
        node.awaitReady(PATIENCE);
    }

    /** What each node sees, in words, one line for each. */
    public String words() {
        return nodes.values().stream().map(ClusterNode::words).collect(Collectors.joining("\n"));
    }

    /** Ends all nodes. Nobody hands over to a node that is about to end as well. */
    @Override
    public void close() {
        nodes.values().forEach(ClusterNode::halt);
        nodes.values().forEach(ClusterNode::stop);
        network.close();
    }

    private void start() {
        try {
            nodes.values().forEach(node -> node.begin(PATIENCE));
            nodes.values().forEach(node -> node.awaitReady(PATIENCE));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private @Nullable URI url(long pid) {
        ClusterNode node = nodes.get(pid);
        return node == null ? null : node.url();
    }

    private void changed() {
        synchronized (monitor) {
            monitor.notifyAll();
        }
    }

    private OptionalLong lastingLeader() {
        return nodes.values().stream()
                .filter(ClusterNode::isLeader)
                .filter(this::isConnectedWithQuorum)
                .filter(leader -> connectedWith(leader).stream().allMatch(node -> node.follows(leader.pid())))
                .mapToLong(ClusterNode::pid)
                .findFirst();
    }

    private boolean isConnectedWithQuorum(ClusterNode leader) {
        int connected = 1 + connectedWith(leader).size();
        return leader.quorums()
                .map(quorums -> connected >= Math.max(quorums.read(), quorums.write()))
                .orElse(false);
    }

    private Collection<ClusterNode> connectedWith(ClusterNode leader) {
        return nodes.values().stream()
                .filter(node -> node != leader && network.connects(leader.pid(), node.pid()))
                .toList();
    }

    private ClusterNode node(long pid) {
        ClusterNode node = nodes.get(pid);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + pid + "; the nodes are " + nodes.keySet());
        }
        return node;
    }

    /** How the nodes of a cluster are started. */
    public static final class Builder {

        private final int nodes;
        private final List<Class<?>> sources = new ArrayList<>();
        private final Map<String, Object> properties = new LinkedHashMap<>();
        private final Map<Long, Map<String, Object>> propertiesOfNodes = new TreeMap<>();

        private Builder(int nodes) {
            this.nodes = nodes;
            property("omnipaxos.tick-interval", "20ms");
            property("omnipaxos.election-tick-timeout", 50);
            property("spring.main.web-application-type", "none");
            property("spring.main.banner-mode", "off");
            property("spring.main.register-shutdown-hook", false);
            property("spring.jmx.enabled", false);
            property("management.metrics.use-global-registry", false);
        }

        /** The class with {@code @SpringBootApplication}, or whatever else makes up the application. */
        public Builder application(Class<?>... sources) {
            this.sources.addAll(List.of(sources));
            return this;
        }

        /** A property of all nodes. It wins over configuration files and over what is set here otherwise. */
        public Builder property(String name, Object value) {
            properties.put(name, value);
            return this;
        }

        /** A property of one node, {@code omnipaxos.leader-priority} for example. */
        public Builder property(long pid, String name, Object value) {
            Assert.isTrue(pid >= 1 && pid <= nodes, () -> "there is no node " + pid + "; there are " + nodes);
            propertiesOfNodes
                    .computeIfAbsent(pid, added -> new LinkedHashMap<>())
                    .put(name, value);
            return this;
        }

        /**
         * Gives each node a web server, on a free port: its property {@code local.server.port}. The others send clients
         * there.
         */
        public Builder webServer() {
            properties.remove("spring.main.web-application-type");
            return property("server.port", 0);
        }

        /**
         * Starts all nodes and returns when all are up; who leads is then still open.
         *
         * @throws IllegalStateException if one cannot be started; then all are ended
         */
        public TestCluster start() {
            Assert.state(
                    !sources.isEmpty(), "name the application: TestCluster.of(3).application(MyApplication.class)");
            TestCluster cluster = new TestCluster(this);
            cluster.start();
            return cluster;
        }

        private Supplier<SpringApplicationBuilder> applications() {
            Class<?>[] all = sources.toArray(Class<?>[]::new);
            return () -> new SpringApplicationBuilder(all);
        }

        private List<String> arguments(long pid) {
            Map<String, Object> all = new LinkedHashMap<>(properties);
            all.putAll(propertiesOfNodes.getOrDefault(pid, Map.of()));
            all.put("omnipaxos.enabled", true);
            all.put("omnipaxos.pid", pid);
            all.put("omnipaxos.pid-from-hostname", false);
            return all.entrySet().stream()
                    .map(property -> "--" + property.getKey() + "=" + property.getValue())
                    .toList();
        }
    }
}
