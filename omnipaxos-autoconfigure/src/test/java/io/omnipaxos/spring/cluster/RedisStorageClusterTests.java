package io.omnipaxos.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.redis.TestRedis;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Three nodes that keep their logs in one Redis, which tells none of them who leads. */
class RedisStorageClusterTests {

    private TestRedis server;

    @BeforeEach
    void startServer(@TempDir Path directory) {
        server = TestRedis.durable(directory);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private ThreeNodes start() throws Exception {
        return new ThreeNodes(
                false,
                "http",
                pid -> List.of(
                        "--omnipaxos.election-tick-timeout=60",
                        "--omnipaxos.storage.type=redis",
                        "--omnipaxos.redis.publish-leader=true",
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + server.port(),
                        // With Boot's connections to Redis, which the other tests go without.
                        "--spring.autoconfigure.exclude="));
    }

    @Test
    void itElectsReplicatesAndSurvivesARestart() throws Exception {
        long token;
        try (ThreeNodes nodes = start()) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();
            token = ThreeNodes.token(leader);
            ThreeNodes.map(leader).put("progress", "17");
            for (ConfigurableApplicationContext context : nodes.contexts()) {
                assertThat(ThreeNodes.map(context).get("progress")).contains("17");
            }
            await().atMost(ThreeNodes.PATIENCE)
                    .until(
                            () -> server.template().opsForValue().get("omnipaxos:omnipaxos:leader"),
                            published -> published != null
                                    && published.contains("\"fencingToken\":" + ThreeNodes.token(leader)));
        }
        try (ThreeNodes nodes = start()) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();

            assertThat(ThreeNodes.token(leader)).isGreaterThan(token);
            assertThat(ThreeNodes.map(leader).get("progress")).contains("17");
        }
    }

    @Test
    void neverTwoLeadWhenRedisFailsUnderTheLeader() throws Exception {
        AtomicInteger most = new AtomicInteger();
        AtomicBoolean watching = new AtomicBoolean(true);
        long token;
        try (ThreeNodes nodes = start()) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();
            token = ThreeNodes.token(leader);
            Thread watcher = new Thread(() -> {
                while (watching.get()) {
                    // One look at each is not one instant: a change between two looks counts only if it lasts.
                    most.accumulateAndGet(Math.min(leading(nodes), leading(nodes)), Math::max);
                    Thread.onSpinWait();
                }
            });
            watcher.start();
            try {
                server.stop();

                await().atMost(ThreeNodes.PATIENCE)
                        .until(() -> nodes.contexts().stream()
                                .allMatch(context -> status(context).state() == NodeStatus.State.FAILED));
                await().until(() -> leading(nodes) == 0);
                assertThat(status(leader).failure()).contains("omnipaxos:{omnipaxos:");
            } finally {
                watching.set(false);
                watcher.join();
                server.start();
            }
        }
        assertThat(most).hasValueLessThanOrEqualTo(1);
        try (ThreeNodes nodes = start()) {
            ConfigurableApplicationContext leader = nodes.awaitLeader();
            assertThat(ThreeNodes.token(leader)).isGreaterThan(token);
            assertThat(ThreeNodes.map(leader).get("first")).contains("written");
        }
    }

    private static int leading(ThreeNodes nodes) {
        return (int) nodes.contexts().stream().filter(ThreeNodes::leads).count();
    }

    private static NodeStatus status(ConfigurableApplicationContext context) {
        return context.getBean(RestartableNode.class).status().orElseThrow();
    }
}
