package io.omnipaxos.spring.redis;

import io.omnipaxos.spring.StaleTokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Runs a script only if its token is at least the newest that its resource has seen, which is kept in a key without
 * expiry. Both are one script on the server, so nothing comes between. Safe for use by any thread.
 */
final class TokenGuard {

    /**
     * Decimal numbers without leading zeros, compared as text: numbers of Lua are exact up to 53 bits only. What follows
     * finds keys and arguments as if the guard were not there.
     */
    private static final String GUARD = """
            do
              local newest = redis.call('GET', KEYS[1])
              if newest then
                if not string.match(newest, '^[1-9]%d*$') then
                  return redis.error_reply('NOTOKEN ' .. KEYS[1] .. ' holds no fencing token')
                end
                if #newest > #ARGV[1] or (#newest == #ARGV[1] and newest > ARGV[1]) then
                  return redis.error_reply('STALETOKEN ' .. newest)
                end
              end
              if newest ~= ARGV[1] then
                redis.call('SET', KEYS[1], ARGV[1])
              end
              table.remove(KEYS, 1)
              table.remove(ARGV, 1)
            end
            """;

    private static final Pattern STALE = Pattern.compile("\\bSTALETOKEN ([1-9][0-9]*)");

    private final StringRedisTemplate redis;
    private final String keyPrefix;

    /**
     * @param keyPrefix before the name of each resource
     */
    TokenGuard(RedisConnectionFactory connections, String keyPrefix) {
        this.redis = new StringRedisTemplate(connections);
        this.keyPrefix = keyPrefix;
    }

    /** The key of the newest token, in the hash slot of the resource's name. */
    String tokenKey(String resource) {
        return keyPrefix + "{" + resource + "}";
    }

    /**
     * Runs a script, or refuses it.
     *
     * @param token positive
     * @return what the script answers
     * @throws StaleTokenException if a newer token was seen; nothing was written
     */
    <T> @Nullable T execute(
            String resource, long token, RedisScript<T> script, List<String> keys, Object... arguments) {
        String tokenKey = tokenKey(resource);
        if (keys.contains(tokenKey)) {
            throw new IllegalArgumentException("the key " + tokenKey + " holds the newest token; leave it alone");
        }
        refuseWithoutAnswer();
        List<String> all = new ArrayList<>();
        all.add(tokenKey);
        all.addAll(keys);
        try {
            return redis.execute(
                    guarded(script),
                    all,
                    Stream.concat(Stream.of(String.valueOf(token)), Stream.of(arguments))
                            .toArray());
        } catch (RuntimeException failure) {
            throw inWords(resource, token, failure);
        }
    }

    private static <T> RedisScript<T> guarded(RedisScript<T> script) {
        String text = script.getScriptAsString();
        if (text.startsWith("#!")) {
            throw new IllegalArgumentException("the script begins with '"
                    + text.lines().findFirst().orElse("") + "', but the guard stands before it; leave that line out");
        }
        DefaultRedisScript<T> guarded = new DefaultRedisScript<>(GUARD + text);
        guarded.setResultType(script.getResultType());
        return guarded;
    }

    /** Within a pipeline or a transaction nobody would hear of the refusal. */
    private void refuseWithoutAnswer() {
        Boolean isQueued = redis.execute(
                (RedisCallback<Boolean>) connection -> connection.isQueueing() || connection.isPipelined());
        if (Boolean.TRUE.equals(isQueued)) {
            throw new InvalidDataAccessApiUsageException("a fenced write is not possible within a pipeline or a"
                    + " transaction of Redis, as its refusal would not be seen; put what belongs together into one"
                    + " script for execute(...)");
        }
    }

    private RuntimeException inWords(String resource, long token, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message == null) {
                continue;
            }
            Matcher stale = STALE.matcher(message);
            if (stale.find()) {
                return new StaleTokenException(resource, token, Long.parseLong(stale.group(1)));
            }
            if (message.contains("CROSSSLOT")) {
                return new InvalidDataAccessApiUsageException(
                        "not all keys are in the hash slot of the resource '" + resource
                                + "'; in a Redis Cluster write {" + resource + "} into each of them, for example {"
                                + resource + "}:progress",
                        failure);
            }
        }
        return failure;
    }
}
