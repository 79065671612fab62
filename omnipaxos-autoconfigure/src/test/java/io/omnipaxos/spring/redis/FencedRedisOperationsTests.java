package io.omnipaxos.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.StaleTokenException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

@ExtendWith(OutputCaptureExtension.class)
class FencedRedisOperationsTests {

    private static final String TOKEN_KEY = "omnipaxos:shop:token:{settlements}";
    private static TestRedis server;
    private static StringRedisTemplate redis;

    private final FakeLeadership leadership = new FakeLeadership();
    private FencedRedisOperations fenced;

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = TestRedis.volatileOne(directory);
        redis = server.template();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void emptyServer() {
        redis.execute((RedisConnection connection) -> connection.execute("FLUSHALL"));
        fenced = operations(redis.getConnectionFactory());
    }

    private FencedRedisOperations operations(RedisConnectionFactory connections) {
        return new FencedRedisOperations(connections, leadership, "shop");
    }

    private void leading(long token, Consumer<FencedResource> work) {
        bound(leadership.lead(token), () -> work.accept(fenced.on("settlements")));
    }

    @SuppressWarnings("try")
    private static void bound(FakeLeadership leadership, Runnable work) {
        try (Admission admission = leadership.admit();
                Admission.Scope scope = admission.bind()) {
            work.run();
        }
    }

    static Stream<Arguments> operations() {
        return Stream.<Map.Entry<String, Consumer<FencedResource>>>of(
                        Map.entry("claim", FencedResource::claim),
                        Map.entry("set", resource -> resource.set("value", "changed")),
                        Map.entry("set for a time", resource -> resource.set("value", "x", Duration.ofSeconds(9))),
                        Map.entry("set if absent", resource -> resource.setIfAbsent("absent", "changed")),
                        Map.entry("increment", resource -> resource.increment("number", 2)),
                        Map.entry("delete", resource -> resource.delete("value", "hash")),
                        Map.entry("expire", resource -> resource.expire("value", Duration.ofMillis(1))),
                        Map.entry("hash put", resource -> resource.hashPut("hash", "a", "changed")),
                        Map.entry("hash put all", resource -> resource.hashPutAll("hash", Map.of("a", "changed"))),
                        Map.entry("hash delete", resource -> resource.hashDelete("hash", "a")),
                        Map.entry("list push", resource -> resource.listPush("list", "changed")),
                        Map.entry("list trim", resource -> resource.listTrim("list", 1, 1)),
                        Map.entry("set add", resource -> resource.setAdd("set", "changed")),
                        Map.entry("set remove", resource -> resource.setRemove("set", "a")),
                        Map.entry(
                                "script",
                                resource -> resource.execute(
                                        RedisScript.of("return redis.call('APPEND', KEYS[1], ARGV[1])", Long.class),
                                        List.of("value"),
                                        "changed")))
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    private static void fill() {
        redis.opsForValue().set("value", "first");
        redis.opsForValue().set("number", "40");
        redis.opsForHash().putAll("hash", Map.of("a", "1", "b", "2"));
        redis.opsForList().rightPushAll("list", "a", "b");
        redis.opsForSet().add("set", "a", "b");
    }

    private static List<Object> content() {
        List<Object> all = new ArrayList<>();
        all.add(redis.keys("*").stream().sorted().toList());
        all.add(redis.opsForValue().get("value"));
        all.add(redis.getExpire("value"));
        all.add(redis.opsForValue().get("number"));
        all.add(redis.opsForHash().entries("hash"));
        all.add(redis.opsForList().range("list", 0, -1));
        all.add(redis.opsForSet().members("set"));
        all.add(redis.opsForValue().get(TOKEN_KEY));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void aStaleTokenIsRefusedAndNothingIsWritten(String name, Consumer<FencedResource> operation) {
        fill();
        leading(42, FencedResource::claim);
        List<Object> before = content();

        leading(
                41,
                resource -> assertThatExceptionOfType(StaleTokenException.class)
                        .isThrownBy(() -> operation.accept(resource))
                        .withMessageContainingAll("'settlements'", "41", "42", "nothing was written")
                        .satisfies(stale -> {
                            assertThat(stale.token()).isEqualTo(41);
                            assertThat(stale.newestToken()).isEqualTo(42);
                            assertThat(stale.resource()).isEqualTo("settlements");
                        }));

        assertThat(content()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void theFirstAnEqualAndANewerTokenAreAllowed(String name, Consumer<FencedResource> operation) {
        fill();

        leading(41, operation);
        assertThat(redis.opsForValue().get(TOKEN_KEY)).isEqualTo("41");
        leading(41, operation);
        leading(42, operation);

        assertThat(redis.opsForValue().get(TOKEN_KEY)).isEqualTo("42");
        assertThat(redis.getExpire(TOKEN_KEY)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void nothingIsWrittenOutsideLeaderOnlyWork(String name, Consumer<FencedResource> operation) {
        leadership.lead(42);

        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(() -> operation.accept(fenced.on("settlements")));

        assertThat(redis.keys("*")).isEmpty();
    }

    @Test
    void everyOperationDoesWhatItSays() {
        fill();
        leading(1, resource -> {
            resource.set("value", "second");
            assertThat(resource.setIfAbsent("value", "third")).isFalse();
            assertThat(resource.setIfAbsent("other", "third")).isTrue();
            resource.set("short", "lived", Duration.ofMinutes(1));
            assertThat(resource.expire("other", Duration.ofMinutes(1))).isTrue();
            assertThat(resource.expire("none", Duration.ofMinutes(1))).isFalse();
            assertThat(resource.increment("number", 2)).isEqualTo(42);
            resource.hashPut("hash", "c", "3");
            resource.hashPutAll("hash", Map.of("d", "4", "e", "5"));
            assertThat(resource.hashDelete("hash", "a", "none")).isEqualTo(1);
            assertThat(resource.listPush("list", "c", "d")).isEqualTo(4);
            resource.listTrim("list", 1, -1);
            assertThat(resource.setAdd("set", "b", "c")).isEqualTo(1);
            assertThat(resource.setRemove("set", "a", "none")).isEqualTo(1);
        });

        assertThat(redis.opsForValue().get("value")).isEqualTo("second");
        assertThat(redis.getExpire("short")).isBetween(1L, 60L);
        assertThat(redis.getExpire("other")).isBetween(1L, 60L);
        assertThat(redis.opsForHash().entries("hash")).isEqualTo(Map.of("b", "2", "c", "3", "d", "4", "e", "5"));
        assertThat(redis.opsForList().range("list", 0, -1)).containsExactly("b", "c", "d");
        assertThat(redis.opsForSet().members("set")).containsExactlyInAnyOrder("b", "c");
        leading(
                1,
                resource -> assertThat(resource.delete("value", "hash", "none")).isEqualTo(2));
        assertThat(redis.hasKey("value")).isFalse();
    }

    @Test
    void aScriptFindsItsOwnKeysAndArguments() {
        RedisScript<String> script =
                RedisScript.of("return table.concat(KEYS, ',') .. ' ' .. table.concat(ARGV, ',')", String.class);

        leading(
                7,
                resource -> assertThat(resource.execute(script, List.of("a", "b"), "x", "y"))
                        .isEqualTo("a,b x,y"));
    }

    @Test
    void tokensBeyondTheExactNumbersOfLuaAreCompared() {
        long large = (1L << 53) + 1;
        leading(large, FencedResource::claim);

        leading(
                large - 1,
                resource -> assertThatExceptionOfType(StaleTokenException.class).isThrownBy(resource::claim));
        leading(
                9,
                resource -> assertThatExceptionOfType(StaleTokenException.class).isThrownBy(resource::claim));
        leading(Long.MAX_VALUE, FencedResource::claim);
    }

    @Test
    void manyArgumentsAreNotTooMany() {
        String[] values =
                Stream.iterate(0, i -> i + 1).limit(20_000).map(String::valueOf).toArray(String[]::new);

        leading(1, resource -> assertThat(resource.listPush("list", values)).isEqualTo(20_000));
    }

    @Test
    void resourcesAndClustersAreApart() {
        leading(42, FencedResource::claim);
        bound(leadership.lead(41), () -> {
            fenced.on("invoices").set("value", "written");
            new FencedRedisOperations(redis.getConnectionFactory(), leadership, "another")
                    .on("settlements")
                    .claim();
        });

        assertThat(redis.opsForValue().get("value")).isEqualTo("written");
    }

    @Test
    void aFailingScriptLeavesTheTokenAndIsNotTakenForAStaleOne() {
        fill();
        leading(
                42,
                resource -> assertThatExceptionOfType(DataAccessException.class)
                        .isThrownBy(() -> resource.increment("hash", 1))
                        .withStackTraceContaining("WRONGTYPE"));

        assertThat(redis.opsForValue().get(TOKEN_KEY)).isEqualTo("42");
    }

    @Test
    void aTokenKeyThatHoldsSomethingElseRefusesEverything() {
        redis.opsForValue().set(TOKEN_KEY, "yes");

        leading(
                42,
                resource -> assertThatExceptionOfType(DataAccessException.class)
                        .isThrownBy(() -> resource.set("value", "x"))
                        .withStackTraceContaining("holds no fencing token"));

        assertThat(redis.hasKey("value")).isFalse();
    }

    @Test
    void theTokenIsNotForTheApplication() {
        leading(
                42,
                resource -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> resource.delete(TOKEN_KEY))
                        .withMessageContaining("leave it alone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{settlements}", "a}"})
    void aResourceHasANameWithoutBraces(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> fenced.on(name)).withMessageContaining("without braces");
    }

    @Test
    void aPipelineOrATransactionIsRefusedInWords() {
        leading(42, resource -> {
            assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
                    .isThrownBy(() -> redis.executePipelined(calling(resource, false)))
                    .withMessageContaining("execute(...)");
            assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
                    .isThrownBy(() -> redis.execute(calling(resource, true)));
        });

        assertThat(redis.keys("*")).isEmpty();
    }

    private static SessionCallback<Object> calling(FencedResource resource, boolean inTransaction) {
        return new SessionCallback<>() {
            @Override
            public <K, V> Object execute(RedisOperations<K, V> operations) {
                if (inTransaction) {
                    operations.multi();
                }
                resource.set("value", "x");
                return null;
            }
        };
    }

    @Test
    void aScriptOfAVersionOfItsOwnIsRefusedInWords() {
        leading(
                42,
                resource -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> resource.execute(
                                RedisScript.of("#!lua flags=no-writes\nreturn 1", Long.class), List.of()))
                        .withMessageContaining("leave that line out"));
    }

    @Test
    void ofRacingLeadersTheOlderNeverComesAfterTheNewer() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (long first = 1; first <= 4; first++) {
            long own = first;
            writers.add(CompletableFuture.runAsync(
                    () -> writeEveryFourth(own, together), task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> writer : writers) {
            writer.get(30, TimeUnit.SECONDS);
        }

        List<Long> written = redis.opsForList().range("list", 0, -1).stream()
                .map(Long::valueOf)
                .toList();
        assertThat(written).isSorted().doesNotHaveDuplicates().contains(400L).hasSizeGreaterThan(5);
    }

    private static void writeEveryFourth(long first, CyclicBarrier together) {
        FakeLeadership leader = new FakeLeadership();
        FencedResource resource =
                new FencedRedisOperations(redis.getConnectionFactory(), leader, "shop").on("settlements");
        try {
            together.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new CompletionException(e);
        }
        for (long token = first; token <= 400; token += 4) {
            String value = String.valueOf(token);
            try {
                bound(leader.lead(token), () -> resource.listPush("list", value));
            } catch (StaleTokenException overtaken) {
                // What is checked is what was written.
            }
        }
    }

    @Test
    void anEvictingServerIsWarnedOfOnce(CapturedOutput output) {
        redis.execute((RedisConnection connection) -> {
            connection.serverCommands().setConfig("maxmemory-policy", "allkeys-lru");
            return null;
        });
        try {
            leading(1, FencedResource::claim);
            leading(1, FencedResource::claim);
        } finally {
            redis.execute((RedisConnection connection) -> {
                connection.serverCommands().setConfig("maxmemory-policy", "noeviction");
                return null;
            });
        }

        assertThat(output.toString()).containsOnlyOnce("maxmemory-policy of Redis is allkeys-lru");
    }

    @Test
    void aServerThatIsAwayIsAFailureAndNotARefusal(@TempDir Path directory) {
        try (TestRedis another = TestRedis.volatileOne(directory)) {
            fenced = operations(another.connections(Duration.ofSeconds(5)));
            leading(1, FencedResource::claim);
            another.stop();

            leading(
                    2,
                    resource ->
                            assertThatExceptionOfType(DataAccessException.class).isThrownBy(resource::claim));

            another.start();
            await().ignoreExceptions().untilAsserted(() -> leading(2, FencedResource::claim));
        }
    }

    @Test
    void aFlushedServerHasForgottenTheTokensUntilTheLeaderWritesAgain() {
        leading(42, FencedResource::claim);
        redis.execute((RedisConnection connection) -> connection.execute("FLUSHALL"));

        leading(41, resource -> resource.set("value", "old"));
        leading(42, FencedResource::claim);
        leading(
                41,
                resource -> assertThatExceptionOfType(StaleTokenException.class)
                        .isThrownBy(() -> resource.set("value", "older")));
    }

    @Test
    void aReplicaRefusesWrites(@TempDir Path directory, @TempDir Path ofMaster) {
        try (TestRedis master = TestRedis.volatileOne(ofMaster);
                TestRedis replica = TestRedis.volatileOne(directory)) {
            replica.follow(master);
            fenced = operations(replica.connections());

            leading(
                    2,
                    resource -> assertThatExceptionOfType(DataAccessException.class)
                            .isThrownBy(resource::claim)
                            .withStackTraceContaining("READONLY"));
        }
    }

    @Test
    void keysInAnotherSlotAreRefusedInWordsInACluster(@TempDir Path directory) {
        try (TestRedis cluster = TestRedis.volatileOne(directory, "cluster-enabled yes")) {
            cluster.takeAllSlots();
            fenced = operations(cluster.connections());

            leading(2, resource -> {
                assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
                        .isThrownBy(() -> resource.set("progress", "1"))
                        .withMessageContainingAll("'settlements'", "{settlements}:progress");
                assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
                        .isThrownBy(() -> resource.delete("{settlements}:a", "b"));
                resource.set("{settlements}:progress", "1");
                resource.set("settlements", "1");
            });
        }
    }
}
