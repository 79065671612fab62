package io.omnipaxos.spring.redis;

import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Warns where Redis may throw tokens away to make room. */
final class EvictionCheck {

    private static final Logger LOG = LoggerFactory.getLogger(EvictionCheck.class);

    private final RedisConnectionFactory connections;

    EvictionCheck(RedisConnectionFactory connections) {
        this.connections = connections;
    }

    /** Fails never: a Redis that cannot be asked says so at the write itself. */
    void run() {
        try (RedisConnection connection = connections.getConnection()) {
            Properties memory = connection.serverCommands().info("memory");
            // In a cluster the names have the node in front.
            String policy = memory == null
                    ? null
                    : memory.stringPropertyNames().stream()
                            .filter(name -> name.endsWith("maxmemory_policy"))
                            .map(memory::getProperty)
                            .filter(value -> value.startsWith("allkeys"))
                            .findFirst()
                            .orElse(null);
            if (policy != null) {
                LOG.warn(
                        "maxmemory-policy of Redis is {}: a fencing token may be evicted like any key, and an older"
                                + " leader could write until the present one writes again. Set it to noeviction or to"
                                + " a volatile- policy",
                        policy);
            }
        } catch (RuntimeException failure) {
            LOG.info("maxmemory-policy of Redis cannot be checked; it must not evict keys without expiry", failure);
        }
    }
}
