package io.omnipaxos.spring.redis;

import io.omnipaxos.leadership.Leadership;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Writes to Redis that carry the fencing token of the running leader-only work. Redis refuses a token that is older than
 * the newest it has seen, so that a leader that was deposed while it slept can no longer write. Safe for use by any
 * thread.
 *
 * <p>The newest token is kept per resource: give one name to what belongs together. It covers only writes that are made
 * through it.
 */
public final class FencedRedisOperations {

    private final TokenGuard guard;
    private final Leadership leadership;
    private final EvictionCheck eviction;
    private final AtomicBoolean checked = new AtomicBoolean();

    /**
     * Connects to nothing yet.
     *
     * @param clusterId the tokens of another cluster are never compared with those of this one
     */
    public FencedRedisOperations(RedisConnectionFactory connections, Leadership leadership, String clusterId) {
        this.guard = new TokenGuard(connections, "omnipaxos:" + clusterId + ":token:");
        this.leadership = leadership;
        this.eviction = new EvictionCheck(connections);
    }

    /**
     * The operations on a resource. In a Redis Cluster each of its keys must contain the name in braces, as
     * {@code {settlements}:progress}, or be the name.
     *
     * @param resource a name of your choice, without braces
     * @throws IllegalArgumentException if it is blank or has braces
     */
    public FencedResource on(String resource) {
        if (resource.isBlank() || resource.contains("{") || resource.contains("}")) {
            throw new IllegalArgumentException("a resource is named without braces, as in settlements, not '" + resource
                    + "'; the braces belong into its keys");
        }
        return new FencedResource(resource, this::token, guard);
    }

    private long token() {
        long token = leadership.fencingToken();
        if (checked.compareAndSet(false, true)) {
            eviction.run();
        }
        return token;
    }
}
