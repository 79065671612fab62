package io.omnipaxos.spring.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Whether a server may lose what it has confirmed. A node that forgets what it promised breaks the cluster, so such a
 * server is refused unless the operator accepts it.
 */
final class Durability {

    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);

    private final RedisStorageSettings settings;
    private final RedisCalls calls;

    Durability(RedisStorageSettings settings, RedisCalls calls) {
        this.settings = settings;
        this.calls = calls;
    }

    /**
     * Looks at a server.
     *
     * @param info all sections of its answer to INFO that count
     * @throws RedisStorageException if it takes no writes, or may lose some and nobody has accepted that
     */
    void check(String info) {
        if (has(info, "role:slave")) {
            throw new RedisStorageException(
                    "the Redis server is a read-only replica",
                    "Connect to the server that takes writes, in spring.data.redis",
                    null);
        }
        List<String> faults = faults(info);
        if (faults.isEmpty()) {
            return;
        }
        String all = String.join("; ", faults);
        if (!settings.acceptDataLoss()) {
            throw new RedisStorageException(
                    "the Redis server may lose what it has confirmed: " + all,
                    "Use a server of its own with appendonly yes, appendfsync always, no-appendfsync-on-rewrite no,"
                            + " maxmemory-policy noeviction and without failover; or keep omnipaxos.storage.type=file;"
                            + " or state omnipaxos.storage.redis.accept-data-loss=true: then the storage counts as lost"
                            + " with each restart or failover of Redis, and what a majority held may be lost with it",
                    null);
        }
        LOG.warn(
                "The storage {} is in a Redis that may lose what it has confirmed, as accepted: {}. It counts as a lost"
                        + " disk with each restart or failover of Redis that this process does not live through",
                settings.keys(),
                all);
    }

    private List<String> faults(String info) {
        List<String> faults = new ArrayList<>();
        if (!has(info, "role:master")) {
            faults.add("INFO is not allowed, so replication and persistence cannot be checked");
        }
        if (has(info, "cluster_enabled:1")) {
            faults.add("it is a Redis Cluster, which fails over to replicas without their having all writes");
        } else if (!has(info, "connected_slaves:0")) {
            faults.add("it has replicas, and a failover to one takes back what was not replicated");
        }
        if (info.contains("maxmemory_policy:allkeys")) {
            faults.add("its maxmemory-policy evicts keys of any kind");
        }
        if (!has(info, "aof_enabled:1")) {
            faults.add("appendonly is not yes, so that a crash loses all or much");
        } else if (!has(info, "cluster_enabled:1")) {
            expect("appendfsync", "always", "a crash loses about a second of promises", faults);
            expect("no-appendfsync-on-rewrite", "no", "writes during a rewrite are not synced", faults);
        }
        return faults;
    }

    private void expect(String name, String value, String otherwise, List<String> faults) {
        String present = configured(name);
        if (present == null) {
            faults.add("CONFIG GET " + name + " is not allowed, so it cannot be checked; unless it is " + value + ", "
                    + otherwise);
        } else if (!present.equals(value)) {
            faults.add(name + " is " + present + ", so that " + otherwise);
        }
    }

    private @Nullable String configured(String name) {
        try {
            Properties found = calls.command(
                    (RedisConnection connection) -> connection.serverCommands().getConfig(name));
            return found == null ? null : found.getProperty(name);
        } catch (RedisStorageException forbidden) {
            LOG.debug("{} cannot be asked for", name, forbidden);
            return null;
        }
    }

    private static boolean has(String info, String line) {
        return info.lines().collect(Collectors.toSet()).contains(line);
    }
}
