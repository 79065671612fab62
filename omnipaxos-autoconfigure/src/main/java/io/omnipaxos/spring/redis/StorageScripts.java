package io.omnipaxos.spring.redis;

import java.util.List;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What the storage asks Redis to do, each atomically. KEYS[1] is the hash of metadata. Whoever is not the owner that it
 * names is refused, so that a process that was taken for dead can write nothing any more.
 */
final class StorageScripts {

    private static final String OWNER = """
            local owner = redis.call('HGET', KEYS[1], 'owner')
            if owner ~= ARGV[1] then
              return redis.error_reply('OTHEROWNER ' .. (owner or 'none'))
            end
            """;

    /** The present server: what a restart or a change of server changes. */
    private static final String SERVER = """
            local function info(section)
              local answer = redis.pcall('INFO', section)
              return type(answer) == 'table' and '' or answer
            end
            local server = (string.match(info('server'), 'run_id:(%w+)') or '') .. ' '
              .. (string.match(info('replication'), 'master_replid:(%w+)') or '')
            """;

    /** Reads the server's settings and whose the storage is; writes nothing. */
    static final RedisScript<List<Object>> OBSERVE = list(SERVER + """
            local function field(name)
              return redis.call('HGET', KEYS[1], name) or ''
            end
            return {info('replication'), info('persistence'), info('memory'), info('cluster'), server,
              redis.call('EXISTS', KEYS[1]), field('format'), field('cluster'), field('pid'), field('identity'),
              field('owner'), field('released'), field('beat'), field('server'), field('forgotten'), field('patience')}
            """);

    /**
     * KEYS: meta, log, snapshots, staged, and those to delete where the storage begins anew. ARGV: the owner and the beat
     * that were seen, the new owner, server, how long to watch that owner, and if the storage begins anew its identity, cluster and pid.
     * Once the former owner has found that something is lost, the storage is not taken as it is.
     */
    static final RedisScript<Long> TAKE = number("""
            local owner = redis.call('HGET', KEYS[1], 'owner') or ''
            local beat = redis.call('HGET', KEYS[1], 'beat') or ''
            if owner ~= ARGV[1] or beat ~= ARGV[2] then
              return 0
            end
            if not ARGV[6] and redis.call('HGET', KEYS[1], 'forgotten') == '1' then
              return 0
            end
            if ARGV[6] then
              for _, key in ipairs(KEYS) do
                redis.call('UNLINK', key)
              end
              redis.call('HSET', KEYS[1], 'format', '1', 'identity', ARGV[6], 'cluster', ARGV[7], 'pid', ARGV[8],
                'sequence', '0')
            end
            redis.call('HSET', KEYS[1], 'owner', ARGV[3], 'server', ARGV[4], 'patience', ARGV[5],
              'released', '0')
            redis.call('HINCRBY', KEYS[1], 'beat', 1)
            return 1
            """);

    /** KEYS: meta, log, snapshots, staged. */
    static final RedisScript<List<Object>> CONTENT = list("""
            return {redis.call('HGET', KEYS[1], 'state') or '', redis.call('HGET', KEYS[1], 'sequence') or '',
              redis.call('LLEN', KEYS[2]), redis.call('HGETALL', KEYS[3]), redis.call('SMEMBERS', KEYS[4])}
            """);

    /**
     * KEYS: meta, log, snapshots, and the snapshots to delete. ARGV: owner, number of this write, state, how many entries
     * of the log to keep, how many to drop from its beginning, how many snapshots to delete, their indexes, new entries. A
     * write that a client repeats after a lost connection is done once.
     */
    static final RedisScript<Long> WRITE = number(OWNER + """
            local sequence = tonumber(redis.call('HGET', KEYS[1], 'sequence'))
            if sequence == tonumber(ARGV[2]) then
              return redis.call('LLEN', KEYS[2])
            end
            if sequence ~= tonumber(ARGV[2]) - 1 then
              redis.call('HSET', KEYS[1], 'forgotten', '1')
              return redis.error_reply('WENTBACK to ' .. sequence)
            end
            local keep, drop, snapshots = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
            if drop >= keep then
              redis.call('DEL', KEYS[2])
            elseif drop > 0 or keep < redis.call('LLEN', KEYS[2]) then
              redis.call('LTRIM', KEYS[2], drop, keep - 1)
            end
            for i = 7 + snapshots, #ARGV, 1000 do
              redis.call('RPUSH', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
            end
            for i = 1, snapshots do
              redis.call('HDEL', KEYS[3], ARGV[6 + i])
              redis.call('UNLINK', KEYS[3 + i])
            end
            redis.call('HSET', KEYS[1], 'sequence', ARGV[2], 'state', ARGV[3])
            redis.call('HINCRBY', KEYS[1], 'beat', 1)
            return redis.call('LLEN', KEYS[2])
            """);

    /** KEYS: meta. ARGV: owner, number of the last write that was confirmed. */
    static final RedisScript<Long> BEAT = number(OWNER + SERVER + """
            local sequence = tonumber(redis.call('HGET', KEYS[1], 'sequence'))
            if sequence < tonumber(ARGV[2]) then
              redis.call('HSET', KEYS[1], 'forgotten', '1')
              return redis.error_reply('WENTBACK to ' .. sequence)
            end
            redis.call('HSET', KEYS[1], 'server', server)
            return redis.call('HINCRBY', KEYS[1], 'beat', 1)
            """);

    /** KEYS: meta. ARGV: owner. */
    static final RedisScript<Long> RELEASE = number("""
            if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then
              redis.call('HSET', KEYS[1], 'released', '1')
            end
            return 1
            """);

    /** KEYS: meta, log. ARGV: owner, first and last position, how many bytes lead to the end; at least one entry. */
    static final RedisScript<List<Object>> READ = list(OWNER + """
            local found, bytes, from, to = {}, 0, tonumber(ARGV[2]), tonumber(ARGV[3])
            while from <= to and bytes < tonumber(ARGV[4]) do
              local piece = redis.call('LRANGE', KEYS[2], from, math.min(from + 15, to))
              if #piece == 0 then
                return found
              end
              for _, entry in ipairs(piece) do
                found[#found + 1] = entry
                bytes = bytes + #entry
              end
              from = from + #piece
            end
            return found
            """);

    /** KEYS: meta, what is staged, staged. ARGV: owner, number of the piece, the piece. */
    static final RedisScript<Long> STAGE = number(OWNER + """
            redis.call('SADD', KEYS[3], KEYS[2])
            return redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
            """);

    /** KEYS: meta, what is staged, staged, snapshots, the snapshot. ARGV: owner, index, what it is. */
    static final RedisScript<Long> COMMIT = number(OWNER + """
            redis.call('SREM', KEYS[3], KEYS[2])
            if redis.call('HEXISTS', KEYS[4], ARGV[2]) == 1 then
              redis.call('UNLINK', KEYS[2])
              return 0
            end
            redis.call('RENAME', KEYS[2], KEYS[5])
            return redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
            """);

    /** KEYS: meta, staged or snapshots, and those to delete. ARGV: owner, what stands for each of these. */
    static final RedisScript<Long> DISCARD_STAGED = discard("SREM");

    static final RedisScript<Long> DISCARD_SNAPSHOTS = discard("HDEL");

    /** KEYS: meta, the snapshot. ARGV: number of the piece; without one answers how many there are. */
    static final RedisScript<List<Object>> PIECE = list("""
            if not ARGV[1] then
              return {redis.call('HLEN', KEYS[2])}
            end
            return {redis.call('HGET', KEYS[2], ARGV[1]) or ''}
            """);

    private StorageScripts() {}

    private static RedisScript<Long> discard(String command) {
        return number(OWNER + """
                for i = 3, #KEYS do
                  redis.call('%s', KEYS[2], ARGV[i - 1])
                  redis.call('UNLINK', KEYS[i])
                end
                return 1
                """.formatted(command));
    }

    private static RedisScript<Long> number(String text) {
        return RedisScript.of(text, Long.class);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static RedisScript<List<Object>> list(String text) {
        return (RedisScript) RedisScript.of(text, List.class);
    }
}
