package io.omnipaxos.spring.redis;

import java.time.Duration;

/**
 * Whose storage is opened, and how.
 *
 * @param keyPrefix of all keys, without braces
 * @param lease how long this node may lead after it was last heard by the others
 * @param commandTimeout after which a command that is not answered is a failure; the node's loop waits as long
 * @param ownerTimeout how long this process owns the storage without hearing from Redis; at least the command timeout
 * @param acceptDataLoss whether a server is used that may lose what it has confirmed
 */
public record RedisStorageSettings(
        String keyPrefix,
        String clusterId,
        long pid,
        Duration lease,
        Duration commandTimeout,
        Duration ownerTimeout,
        boolean acceptDataLoss) {

    /** All keys begin so, and are in one hash slot. */
    String keys() {
        return keyPrefix + ":{" + clusterId + ":" + pid + "}:";
    }

    String metaKey() {
        return keys() + "meta";
    }

    String logKey() {
        return keys() + "log";
    }

    String snapshotsKey() {
        return keys() + "snapshots";
    }

    String stagedKey() {
        return keys() + "staged";
    }

    String snapshotKey(String index) {
        return keys() + "snapshot:" + index;
    }

    String stagingKey(String name) {
        return keys() + "staging:" + name;
    }

    /**
     * How long another process watches before it takes over: until the owner has noticed that it no longer hears from
     * Redis, and its lease is over. A tenth and half a second for clocks and threads that are slow.
     */
    Duration takeoverTime() {
        return ownerTimeout.plus(lease).multipliedBy(11).dividedBy(10).plusMillis(500);
    }
}
