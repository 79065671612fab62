package io.omnipaxos.spring.redis;

import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The storage in Redis does what every storage must do. */
class RedisStorageContractTests extends StorageContract {

    private static final AtomicLong CLUSTERS = new AtomicLong();
    private static TestRedis server;
    private static RedisConnectionFactory connections;

    private final String cluster = "cluster-" + CLUSTERS.incrementAndGet();

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = TestRedis.durable(directory);
        connections = server.connections();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected Storage openNew() {
        return open(1);
    }

    @Override
    protected Storage openAnother() {
        return open(2);
    }

    @Override
    protected Storage reopen(Storage closed) {
        return openNew();
    }

    private Storage open(long pid) {
        return RedisStorage.open(
                connections,
                new RedisStorageSettings(
                        "omnipaxos",
                        cluster,
                        pid,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        false));
    }
}
