package io.omnipaxos.spring.redis;

import io.omnipaxos.spring.StaleTokenException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Writes to one resource. Every method throws
 *
 * <ul>
 *   <li>{@link io.omnipaxos.leadership.NotLeaderException} outside leader-only work, before Redis is asked,
 *   <li>{@link StaleTokenException} if a newer leader has written to the resource; nothing was written,
 *   <li>Spring's {@link org.springframework.dao.DataAccessException} if Redis failed; unless it refused the command,
 *       whether something was written is unknown.
 * </ul>
 *
 * <p>Keys and values are text in UTF-8. Safe for use by any thread that runs leader-only work.
 */
public final class FencedResource {

    private static final RedisScript<Long> NOTHING = script("return 1");
    private static final RedisScript<Long> SET = script("redis.call('SET', KEYS[1], ARGV[1]) return 1");
    private static final RedisScript<Long> SET_FOR_A_TIME =
            script("redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1");
    private static final RedisScript<Long> SET_IF_ABSENT =
            script("if redis.call('SET', KEYS[1], ARGV[1], 'NX') then return 1 else return 0 end");
    private static final RedisScript<Long> INCREMENT = script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    private static final RedisScript<Long> DELETE =
            script("local gone = 0 for _, key in ipairs(KEYS) do gone = gone + redis.call('DEL', key) end return gone");
    private static final RedisScript<Long> EXPIRE = script("return redis.call('PEXPIRE', KEYS[1], ARGV[1])");
    private static final RedisScript<Long> HASH_PUT =
            script("for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end return 1");
    private static final RedisScript<Long> HASH_DELETE = each("HDEL");
    private static final RedisScript<Long> SET_ADD = each("SADD");
    private static final RedisScript<Long> SET_REMOVE = each("SREM");
    private static final RedisScript<Long> LIST_PUSH = script("local size = redis.call('LLEN', KEYS[1])"
            + " for _, value in ipairs(ARGV) do size = redis.call('RPUSH', KEYS[1], value) end return size");
    private static final RedisScript<Long> LIST_TRIM =
            script("redis.call('LTRIM', KEYS[1], ARGV[1], ARGV[2]) return 1");

    private final String resource;
    private final LongSupplier token;
    private final TokenGuard guard;

    FencedResource(String resource, LongSupplier token, TokenGuard guard) {
        this.resource = resource;
        this.token = token;
        this.guard = guard;
    }

    private static RedisScript<Long> script(String text) {
        return RedisScript.of(text, Long.class);
    }

    /** A command for each argument, summed up: one command for all is limited by the stack of Lua. */
    private static RedisScript<Long> each(String command) {
        return script("local count = 0 for _, value in ipairs(ARGV) do count = count + redis.call('" + command
                + "', KEYS[1], value) end return count");
    }

    /**
     * Writes nothing, but from now on older leaders are refused. Call it before reading what the work goes on from, or a
     * late write of the former leader may come after the reading.
     */
    public void claim() {
        count(NOTHING, List.of());
    }

    /** Sets a value, without expiry. */
    public void set(String key, String value) {
        count(SET, List.of(key), value);
    }

    /**
     * Sets a value that expires.
     *
     * @param expiry at least a millisecond
     */
    public void set(String key, String value, Duration expiry) {
        count(SET_FOR_A_TIME, List.of(key), value, millis(expiry));
    }

    /** Sets a value where there is none; false if there was one. */
    public boolean setIfAbsent(String key, String value) {
        return count(SET_IF_ABSENT, List.of(key), value) == 1;
    }

    /** Adds to a number, 0 where there is none, and returns the sum. */
    public long increment(String key, long delta) {
        return count(INCREMENT, List.of(key), String.valueOf(delta));
    }

    /** Deletes keys of any kind, and returns how many there were. */
    public long delete(String... keys) {
        return count(DELETE, List.of(keys));
    }

    /**
     * Lets a key of any kind expire; false if there is none.
     *
     * @param expiry at least a millisecond
     */
    public boolean expire(String key, Duration expiry) {
        return count(EXPIRE, List.of(key), millis(expiry)) == 1;
    }

    /** Sets a field of a hash. */
    public void hashPut(String key, String field, String value) {
        count(HASH_PUT, List.of(key), field, value);
    }

    /** Sets fields of a hash, together. */
    public void hashPutAll(String key, Map<String, String> fields) {
        List<String> all = new ArrayList<>();
        fields.forEach((field, value) -> {
            all.add(field);
            all.add(value);
        });
        count(HASH_PUT, List.of(key), all.toArray());
    }

    /** Deletes fields of a hash, and returns how many there were. */
    public long hashDelete(String key, String... fields) {
        return count(HASH_DELETE, List.of(key), (Object[]) fields);
    }

    /** Adds to the end of a list, and returns its length. */
    public long listPush(String key, String... values) {
        return count(LIST_PUSH, List.of(key), (Object[]) values);
    }

    /** Keeps the values of a list from one position to another, both included; negative ones count from the end. */
    public void listTrim(String key, long first, long last) {
        count(LIST_TRIM, List.of(key), String.valueOf(first), String.valueOf(last));
    }

    /** Adds to a set, and returns how many were not in it. */
    public long setAdd(String key, String... members) {
        return count(SET_ADD, List.of(key), (Object[]) members);
    }

    /** Removes from a set, and returns how many were in it. */
    public long setRemove(String key, String... members) {
        return count(SET_REMOVE, List.of(key), (Object[]) members);
    }

    /**
     * Runs any script, atomically with the check of the token; what it finds in {@code KEYS} and {@code ARGV} are these
     * keys and arguments alone.
     *
     * @param script without a line that begins with {@code #!}
     * @param keys all that it touches
     * @return what it answers, null where it answers nothing
     */
    public <T> @Nullable T execute(RedisScript<T> script, List<String> keys, String... arguments) {
        return guard.execute(resource, token.getAsLong(), script, keys, (Object[]) arguments);
    }

    private long count(RedisScript<Long> script, List<String> keys, Object... arguments) {
        return Objects.requireNonNull(guard.execute(resource, token.getAsLong(), script, keys, arguments));
    }

    private static String millis(Duration expiry) {
        if (expiry.toMillis() < 1) {
            throw new IllegalArgumentException("a key expires after at least a millisecond, not after " + expiry);
        }
        return String.valueOf(expiry.toMillis());
    }
}
