package io.omnipaxos.spring.test.cluster;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;

/** One node of the cluster: an application context, made anew at each start, and a storage that outlives it. */
final class ClusterNode {

    private final long pid;
    private final Set<Long> peers;
    private final MemoryNetwork network;
    private final Supplier<SpringApplicationBuilder> applications;
    private final List<String> arguments;
    private final PeerUrls urls;
    private final Runnable changed;

    private @Nullable MemoryStorage storage;
    private CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);
    private volatile @Nullable ConfigurableApplicationContext context;

    /**
     * @param applications makes the application for one start
     * @param arguments on the command line of each start
     * @param urls where clients reach nodes
     * @param changed called when this node may see another leader than before
     */
    ClusterNode(
            long pid,
            Set<Long> members,
            MemoryNetwork network,
            Supplier<SpringApplicationBuilder> applications,
            List<String> arguments,
            PeerUrls urls,
            Runnable changed) {
        this.pid = pid;
        this.peers = new TreeSet<>(members);
        this.peers.remove(pid);
        this.network = network;
        this.applications = applications;
        this.arguments = arguments;
        this.urls = urls;
        this.changed = changed;
    }

    long pid() {
        return pid;
    }

    /** Null while it does not run. */
    @Nullable
    ConfigurableApplicationContext context() {
        return context;
    }

    /**
     * Starts the application on a thread of its own, and waits until its context is up. Its runners may still be at
     * work, perhaps because they wait for a leader.
     */
    void begin(Duration patience) {
        CompletableFuture<Void> up = new CompletableFuture<>();
        CompletableFuture<Void> running = new CompletableFuture<>();
        ready = running;
        SpringApplication application = applications
                .get()
                .initializers(starting -> prepare((GenericApplicationContext) starting))
                .listeners(onlyOf(ApplicationStartedEvent.class, () -> up.complete(null)))
                .build();
        Thread thread = new Thread(
                () -> {
                    try {
                        ConfigurableApplicationContext unused = application.run(arguments.toArray(String[]::new));
                        running.complete(null);
                    } catch (Throwable failure) {
                        context = null;
                        up.completeExceptionally(failure);
                        running.completeExceptionally(failure);
                    }
                },
                "omnipaxos-test-start-" + pid);
        thread.setDaemon(true);
        thread.start();
        await(up, patience, "its context was not up");
    }

    /** Waits until its runners have ended as well. */
    void awaitReady(Duration patience) {
        await(ready, patience, "its runners had not ended");
    }

    /** As a process that is asked to end does. */
    void stop() {
        ConfigurableApplicationContext running = context;
        context = null;
        if (running != null) {
            running.close();
        }
    }

    /** As a process that is gone: from now on its peers hear nothing of it. Its context is still to be {@link #stop}ped. */
    void halt() {
        network.unplug(pid);
        bean(RestartableNode.class).ifPresent(RestartableNode::close);
    }

    /** Where clients reach it, null unless its web server is up. */
    @Nullable
    URI url() {
        ConfigurableApplicationContext running = context;
        Environment environment = running == null ? null : running.getEnvironment();
        String port = environment == null ? null : environment.getProperty("local.server.port");
        return environment == null || port == null
                ? null
                : URI.create("http://127.0.0.1:" + port + environment.getProperty("server.servlet.context-path", ""));
    }

    boolean isLeader() {
        return bean(Leadership.class).map(Leadership::isLeader).orElse(false);
    }

    /** Whether it knows this leader. */
    boolean follows(long leader) {
        return bean(Leadership.class)
                .flatMap(Leadership::leader)
                .map(known -> known.pid() == leader)
                .orElse(false);
    }

    Optional<Quorums> quorums() {
        return status().map(status -> status.configuration().quorums());
    }

    /** What it sees, in words. */
    String words() {
        if (context == null) {
            return "node " + pid + ": does not run";
        }
        String reaches = peers.stream()
                .filter(peer -> network.connects(pid, peer))
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return "node " + pid + ": " + status().map(ClusterNode::words).orElse("has not started yet")
                + "; connected with " + (reaches.isEmpty() ? "nobody" : reaches);
    }

    private static String words(NodeStatus status) {
        if (status.failure() != null) {
            return status.failure();
        }
        Leader leader = status.leader();
        String sees = status.isLeader()
                ? "leads with token " + status.fencingToken()
                : leader == null
                        ? "has known no leader for " + status.leaderless()
                        : "sees leader " + leader.pid() + " in ballot " + leader.ballot();
        List<String> events = status.events().stream()
                .map(event -> event.at() + " " + event.reason())
                .toList();
        return status.state() + ", " + sees + ", promised " + status.promise() + ", decided " + status.decidedIndex()
                + ", last events " + events;
    }

    private Optional<NodeStatus> status() {
        return bean(RestartableNode.class).flatMap(RestartableNode::status);
    }

    /** Empty also while the context is being made or closed. */
    private <T> Optional<T> bean(Class<T> type) {
        ConfigurableApplicationContext running = context;
        return running == null || !running.isActive()
                ? Optional.empty()
                : Optional.ofNullable(running.getBeanProvider(type).getIfAvailable());
    }

    private void prepare(GenericApplicationContext starting) {
        starting.registerBean(StorageFactory.class, () -> this::openStorage);
        starting.registerBean(TransportFactory.class, () -> () -> network.transport(pid));
        starting.registerBean(OmniPaxosConnectionDetails.class, this::connectionDetails);
        starting.addApplicationListener(onlyOf(PayloadApplicationEvent.class, changed));
        context = starting;
    }

    private static ApplicationListener<ApplicationEvent> onlyOf(
            Class<? extends ApplicationEvent> type, Runnable action) {
        return event -> {
            if (type.isInstance(event)) {
                action.run();
            }
        };
    }

    /** What was written before the node ended is found again. */
    private synchronized Storage openStorage() {
        MemoryStorage former = storage;
        MemoryStorage opened = former == null ? new MemoryStorage() : former.reopen();
        storage = opened;
        return opened;
    }

    private OmniPaxosConnectionDetails connectionDetails() {
        return new OmniPaxosConnectionDetails() {
            @Override
            public Set<Long> peers() {
                return peers;
            }

            @Override
            public @Nullable URI url(long node) {
                return urls.of(node);
            }
        };
    }

    private void await(CompletableFuture<Void> event, Duration patience, String otherwise) {
        try {
            event.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("node " + pid + " could not be started", failure.getCause());
        } catch (TimeoutException late) {
            throw new IllegalStateException("node " + pid + ": " + otherwise + " within " + patience, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while node " + pid + " was starting", interrupted);
        }
    }
}
