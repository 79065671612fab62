package io.omnipaxos.sample.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.node.NodeApplication;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.embedded.RedisServer;

/** A node with a Redis, and one without. */
class PaymentsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void withARedisEachSettlementIsPaidOnceWithItsToken() throws IOException {
        int port = freePort();
        RedisServer server =
                RedisServer.newRedisServer().port(port).bind("127.0.0.1").build();
        server.start();
        try (ConfigurableApplicationContext context =
                start("--spring.data.redis.port=" + port, "--spring.data.redis.host=127.0.0.1")) {
            SettlementBook book = context.getBean(SettlementBook.class);
            StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
            await().atMost(PATIENCE).until(() -> book.last() >= 3);

            assertThat(redis.<String, String>opsForHash().entries("settlements"))
                    .containsEntry("1", "paid by node 1")
                    .containsEntry("3", "paid by node 1");
            assertThat(redis.opsForValue().get("omnipaxos:omnipaxos:token:{settlements}"))
                    .isEqualTo(String.valueOf(book.find(1).orElseThrow().token()));

            server.stop();
            long last = book.last();
            server.start();
            await().atMost(PATIENCE).until(() -> book.last() > last + 1);
        } finally {
            server.stop();
        }
    }

    @Test
    void withoutARedisTheNodeSettlesAndConnectsToNone() {
        try (ConfigurableApplicationContext context = start()) {
            SettlementBook book = context.getBean(SettlementBook.class);
            await().atMost(PATIENCE).until(() -> book.last() >= 1);

            assertThat(context.getBeanProvider(RedisConnectionFactory.class).stream())
                    .isEmpty();
        }
    }

    private static ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--omnipaxos.pid=1",
                "--omnipaxos.storage.type=memory",
                "--sample.settlement.interval=20ms",
                "--sample.settlement.duration=1ms",
                "--spring.main.banner-mode=off"));
        arguments.addAll(List.of(more));
        return new SpringApplicationBuilder(NodeApplication.class).run(arguments.toArray(String[]::new));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
