package io.omnipaxos.spring.redis;

import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real server on a free port of the loopback interface, and connections to it. Fails where it cannot be started. */
public final class TestRedis implements AutoCloseable {

    private final int port = FreePorts.one();
    private final List<String> settings;
    private final List<LettuceConnectionFactory> factories = new ArrayList<>();
    private RedisServer server;

    private TestRedis(Path directory, List<String> more) {
        settings = new ArrayList<>(List.of("save \"\"", "maxmemory 256mb", "dir " + directory.toAbsolutePath()));
        settings.addAll(more);
        start();
    }

    /** One that loses nothing that it has confirmed. */
    public static TestRedis durable(Path directory, String... more) {
        List<String> settings =
                new ArrayList<>(List.of("appendonly yes", "appendfsync always", "maxmemory-policy noeviction"));
        settings.addAll(List.of(more));
        return new TestRedis(directory, settings);
    }

    /** One that loses everything with its process. */
    public static TestRedis volatileOne(Path directory, String... more) {
        return new TestRedis(directory, List.of(more));
    }

    public int port() {
        return port;
    }

    /** Starts it, again if it was stopped before. */
    public void start() {
        try {
            RedisServerBuilder builder = RedisServer.newRedisServer().port(port).bind("127.0.0.1");
            settings.forEach(builder::setting);
            server = builder.build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void stop() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its process as a crash does. */
    public void kill() throws Exception {
        String pid =
                ask(connection -> connection.serverCommands().info("server")).getProperty("process_id");
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
        stop();
    }

    /** Connections that give up only when a busy machine is no excuse any more. */
    public LettuceConnectionFactory connections() {
        return connections(Duration.ofSeconds(30));
    }

    public LettuceConnectionFactory connections(Duration timeout) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                LettuceClientConfiguration.builder().commandTimeout(timeout).build());
        factory.afterPropertiesSet();
        factory.start();
        factories.add(factory);
        return factory;
    }

    public StringRedisTemplate template() {
        return new StringRedisTemplate(connections());
    }

    /**
     * Makes it a copy of another one, which it goes on following. Returns when it has written its first file as well:
     * until then a server refuses to stop.
     */
    public void follow(TestRedis master) {
        ask(connection -> connection.execute("REPLICAOF", bytes("127.0.0.1"), bytes(String.valueOf(master.port))));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ask(connection -> connection.serverCommands().info("replication"))
                        .getProperty("master_link_status")
                        .equals("up"));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Properties file = ask(connection -> connection.serverCommands().info("persistence"));
            return file.getProperty("aof_rewrite_in_progress").equals("0")
                    && file.getProperty("aof_rewrite_scheduled").equals("0");
        });
    }

    /** Makes a server with {@code cluster-enabled} a cluster of its own. */
    public void takeAllSlots() {
        byte[][] slots = IntStream.range(0, 16384)
                .mapToObj(slot -> bytes(String.valueOf(slot)))
                .toArray(byte[][]::new);
        byte[][] arguments =
                Stream.concat(Stream.of(bytes("ADDSLOTS")), Stream.of(slots)).toArray(byte[][]::new);
        ask(connection -> connection.execute("CLUSTER", arguments));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> new String((byte[]) ask(connection -> connection.execute("CLUSTER", bytes("INFO"))))
                        .contains("cluster_state:ok"));
    }

    /** Makes a copy a server of its own. */
    public void promote() {
        ask(connection -> connection.execute("REPLICAOF", bytes("NO"), bytes("ONE")));
    }

    /** Runs commands on a connection of its own. */
    public <T> T ask(Function<RedisConnection, T> commands) {
        LettuceConnectionFactory factory = connections();
        try (RedisConnection connection = factory.getConnection()) {
            return commands.apply(connection);
        } finally {
            factories.remove(factory);
            factory.destroy();
        }
    }

    public static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        factories.forEach(LettuceConnectionFactory::destroy);
        if (server.isActive()) {
            stop();
        }
    }
}
