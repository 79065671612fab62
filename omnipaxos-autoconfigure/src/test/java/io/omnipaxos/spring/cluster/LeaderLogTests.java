package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.node.RestartableNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What stands in the log: each change of leader once, with its reason, and a peer that is away once as well. */
class LeaderLogTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Queue<ILoggingEvent> logged = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event);
        }
    };
    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();
    private List<Integer> ports;

    @BeforeEach
    void choosePorts() {
        ports = FreePorts.find(3);
    }

    @AfterEach
    void stop() {
        contexts.forEach(ConfigurableApplicationContext::close);
        ours().detachAppender(appender);
    }

    @Test
    void eachChangeOfLeaderIsOneLineWithItsReason() throws Exception {
        ConfigurableApplicationContext one = start(1, 2, ports, "--omnipaxos.election-tick-timeout=40");
        ConfigurableApplicationContext other = start(2, 2, ports, "--omnipaxos.election-tick-timeout=40");
        ConfigurableApplicationContext leader = await().atMost(PATIENCE)
                .until(() -> contexts.stream().filter(LeaderLogTests::leads).findFirst(), Optional::isPresent)
                .orElseThrow();
        ConfigurableApplicationContext successor = leader == one ? other : one;
        await().atMost(PATIENCE)
                .until(() -> leader.getBean(Leadership.class).resign().get());
        await().atMost(PATIENCE).until(() -> leads(successor));
        await().atMost(PATIENCE).until(() -> status(leader).leader() != null);

        // A change is told to the log before it is in the status; in the middle of one the two differ.
        await().atMost(PATIENCE).untilAsserted(() -> contexts.forEach(this::assertOneLineForEachChange));
        assertThat(status(leader).changes())
                .extracting(LeaderChange::reason)
                .contains("this node leads no more: leadership was given up");
    }

    private void assertOneLineForEachChange(ConfigurableApplicationContext context) {
        NodeStatus status = status(context);
        String node = "node " + status.pid();
        assertThat(lines(Level.INFO, node + " sees "))
                .hasSizeGreaterThan(1)
                .isEqualTo(status.changes().stream()
                        .map(change -> line(node, change))
                        .toList());
        assertThat(lines(Level.INFO, node + " leads")).isEmpty();
    }

    private static String line(String node, LeaderChange change) {
        String who = change.leader() == null
                ? "no leader"
                : "leader " + change.leader().pid();
        return node + " sees " + who + ": " + change.reason();
    }

    @Test
    void aPeerThatIsAwayIsOneWarningWithoutAStackTrace() throws Exception {
        try (ServerSocket hangsUp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CountDownLatch attempts = new CountDownLatch(30);
            Thread peer = new Thread(() -> hangUp(hangsUp, attempts), "peer-that-hangs-up");
            peer.start();
            // Nobody will lead; the shorter the timeout, the sooner a peer is asked again.
            start(1, 3, List.of(ports.get(0), hangsUp.getLocalPort(), ports.get(2)), "--omnipaxos.tick-interval=10ms");

            assertThat(attempts.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        assertThat(lines(Level.WARN, "Node 1 cannot reach node 2: ")).hasSize(1);
        assertThat(lines(Level.WARN, "Node 1 cannot reach node 3: ")).hasSize(1);
        assertThat(lines(Level.WARN, "")).hasSize(2);
        assertThat(lines(Level.ERROR, "")).isEmpty();
        assertThat(logged)
                .allSatisfy(event -> assertThat(event.getThrowableProxy())
                        .as(event.getFormattedMessage())
                        .isNull());
    }

    private static void hangUp(ServerSocket server, CountDownLatch attempts) {
        try {
            while (true) {
                server.accept().close();
                attempts.countDown();
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private ConfigurableApplicationContext start(int pid, int members, List<Integer> ports, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--omnipaxos.pid=" + pid,
                "--omnipaxos.storage.directory=target/storage/" + UUID.randomUUID(),
                "--omnipaxos.transport.port=" + ports.get(pid - 1),
                "--management.metrics.use-global-registry=false",
                "--spring.main.banner-mode=off"));
        arguments.addAll(List.of(more));
        for (int peer = 1; peer <= members; peer++) {
            arguments.add("--omnipaxos.peers." + peer + "=http://127.0.0.1:" + ports.get(peer - 1));
        }
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Node.class)
                .web(WebApplicationType.NONE)
                .initializers(starting -> listenToTheLog())
                .run(arguments.toArray(String[]::new));
        contexts.add(context);
        return context;
    }

    /** Not before, as the application sets logging up anew when it starts. */
    private void listenToTheLog() {
        appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        appender.start();
        if (!ours().isAttached(appender)) {
            ours().addAppender(appender);
        }
    }

    private static Logger ours() {
        return (Logger) LoggerFactory.getLogger("io.omnipaxos");
    }

    private List<String> lines(Level level, String start) {
        return logged.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith(start))
                .toList();
    }

    private static boolean leads(ConfigurableApplicationContext context) {
        return context.getBean(Leadership.class).isLeader();
    }

    private static NodeStatus status(ConfigurableApplicationContext context) {
        return context.getBean(RestartableNode.class).status().orElseThrow();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Node {}
}
