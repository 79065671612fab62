package io.omnipaxos.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.storage.RandomOperations;
import io.omnipaxos.storage.SnapshotWriter;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.StorageOperation;
import io.omnipaxos.storage.StoredModel;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What becomes of the storage when something happens to Redis, or to the process that uses it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisStorageFaultTests {

    /** Short, so that tests of absent servers and of successors need not wait long. */
    static final RedisStorageSettings SETTINGS = settings(Duration.ofSeconds(2), false);

    /** Of a storage that is to live on, however busy the machine is. */
    private static final RedisStorageSettings PATIENT = settings(Duration.ofSeconds(20), false);

    private static final String KEYS = "omnipaxos:{shop:1}:";

    @TempDir
    private Path directory;

    private TestRedis server;

    private static RedisStorageSettings settings(Duration timeout, boolean acceptDataLoss) {
        return new RedisStorageSettings(
                "omnipaxos", "shop", 1, Duration.ofMillis(100), timeout, timeout, acceptDataLoss);
    }

    @BeforeEach
    void startServer() {
        server = TestRedis.durable(directory);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private RedisStorage open() {
        return open(SETTINGS);
    }

    private RedisStorage open(RedisStorageSettings settings) {
        return RedisStorage.open(server.connections(Duration.ofMinutes(1)), settings);
    }

    private static RedisStorage accepting(RedisConnectionFactory connections) {
        return RedisStorage.open(connections, settings(Duration.ofSeconds(20), true));
    }

    private static WriteBatch append(long first, int count) {
        List<LogEntry> entries = LongStream.range(first, first + count)
                .<LogEntry>mapToObj(i -> new Command(new ProposalId(1, 1, i), 1, 0, TestRedis.bytes("command " + i)))
                .toList();
        return WriteBatch.entries(new LogWrite(first, entries));
    }

    private static void assertLost(Storage storage, String... words) {
        await().untilAsserted(() -> assertThatExceptionOfType(StorageException.class)
                .isThrownBy(storage::check)
                .withMessageContainingAll(words));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(WriteBatch.bootCounter(1_000)));
    }

    // Redis is away

    @Test
    void aServerThatIsAwayIsNamedAtTheStart() {
        RedisConnectionFactory connections = server.connections();
        server.stop();

        assertThatExceptionOfType(RedisStorageException.class)
                .isThrownBy(() -> RedisStorage.open(connections, SETTINGS))
                .withMessageContainingAll("Redis cannot be used", "spring.data.redis");
    }

    @Test
    void aShortAbsenceIsLivedThrough() {
        try (RedisStorage storage = open(PATIENT)) {
            storage.write(append(1, 3));
            server.stop();
            server.start();

            storage.write(append(4, 1));
            storage.check();
            assertThat(storage.state().acceptedIndex()).isEqualTo(4);
        }
        try (RedisStorage again = open(PATIENT)) {
            assertThat(again.state().acceptedIndex()).isEqualTo(4);
        }
    }

    @Test
    void aLongAbsenceEndsAStorageThatWritesNothing() {
        RedisStorage storage = open();
        storage.write(append(1, 3));
        UUID identity = storage.identity();
        server.stop();

        assertLost(storage, "has not answered");
        server.start();
        assertLost(storage, "has not answered");
        storage.close();

        try (RedisStorage again = open()) {
            assertThat(again.identity()).isEqualTo(identity);
            assertThat(again.state().acceptedIndex()).isEqualTo(3);
        }
    }

    @Test
    void aWriteThatIsNotAnsweredIsFinalAndLandsOnceOrNever() {
        RedisStorage storage = open();
        storage.write(append(1, 3));
        server.ask(connection -> connection.execute("CLIENT", TestRedis.bytes("PAUSE"), TestRedis.bytes("4000")));

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(append(4, 1)))
                .withMessageContainingAll("did not answer within PT2S", "unknown");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(append(4, 1)))
                .withMessageContaining("takes no more writes");
        storage.close();

        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
            try (RedisStorage again = open()) {
                assertThat(again.state().acceptedIndex()).isIn(3L, 4L);
                again.write(WriteBatch.entries(new LogWrite(4, List.of())));
                assertThat(again.state().acceptedIndex()).isEqualTo(3);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aServerThatIsKilledBetweenBatchesHasAllThatItConfirmed(long seed) throws Exception {
        Random random = new Random(seed);
        RandomOperations operations = new RandomOperations(random, 500);
        StoredModel model = StoredModel.EMPTY;
        RedisStorage storage = open(PATIENT);
        for (int i = 0; i < 40; i++) {
            StorageOperation operation = operations.next(model);
            operation.perform(storage);
            model = operation.after(model);
            if (i % 15 == 14) {
                server.kill();
                server.start();
                if (random.nextBoolean()) {
                    storage.close();
                    storage = open(PATIENT);
                }
                model.assertEquals(storage);
            }
        }
        storage.close();
        try (RedisStorage again = open(PATIENT)) {
            model.assertEquals(again);
        }
    }

    // the server is not what it should be

    static Stream<Map.Entry<String, List<String>>> unfitServers() {
        return Stream.of(
                Map.entry("appendonly is not yes", List.of("appendonly no")),
                Map.entry("appendfsync is everysec", List.of("appendfsync everysec")),
                Map.entry("writes during a rewrite are not synced", List.of("no-appendfsync-on-rewrite yes")),
                Map.entry("evicts keys of any kind", List.of("maxmemory-policy allkeys-lru")),
                Map.entry("CONFIG GET appendfsync is not allowed", List.of("rename-command CONFIG \"\"")),
                Map.entry("INFO is not allowed", List.of("rename-command INFO \"\"")),
                Map.entry("it is a Redis Cluster", List.of("cluster-enabled yes")));
    }

    @ParameterizedTest
    @MethodSource("unfitServers")
    void aServerThatMayLoseWhatItConfirmsIsRefusedUnlessThatIsAccepted(
            Map.Entry<String, List<String>> unfit, @TempDir Path another, CapturedOutput output) {
        try (TestRedis unfitServer = TestRedis.durable(another, unfit.getValue().toArray(String[]::new))) {
            if (unfit.getKey().contains("Cluster")) {
                unfitServer.takeAllSlots();
            }
            RedisConnectionFactory connections = unfitServer.connections();

            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(() -> RedisStorage.open(connections, SETTINGS))
                    .withMessageContainingAll(unfit.getKey(), "omnipaxos.storage.redis.accept-data-loss=true");
            try (RedisStorage storage = accepting(connections)) {
                storage.write(append(1, 3));
                snapshot(storage, 2);
                storage.write(WriteBatch.compacted(2));
                assertThat(storage.read(3, 3, 1)).hasSize(1);
            }
            assertThat(output.toString()).contains(unfit.getKey(), "as accepted");
        }
    }

    @Test
    void aServerWithReplicasIsRefusedAndAReplicaAlways(@TempDir Path another) {
        try (TestRedis replica = TestRedis.durable(another)) {
            replica.follow(server);

            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(this::open)
                    .withMessageContainingAll("it has replicas", "accept-data-loss");
            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(() -> accepting(replica.connections()))
                    .withMessageContaining("read-only replica");
        }
    }

    @Test
    void aServerWithoutScriptsIsNamed(@TempDir Path another) {
        try (TestRedis without =
                TestRedis.durable(another, "rename-command EVAL \"\"", "rename-command EVALSHA \"\"")) {
            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(() -> RedisStorage.open(without.connections(), SETTINGS))
                    .withMessageContaining("does not allow what the storage needs, scripts");
        }
    }

    // Redis has lost something

    @Test
    void aFlushedServerEndsTheStorageAndTheNextOneIsAnother() {
        RedisStorage storage = open(PATIENT);
        storage.write(append(1, 3));
        server.ask(connection -> connection.execute("FLUSHALL"));

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.write(append(4, 1)))
                .withMessageContainingAll("is gone from Redis", "like one that lost its disk");
        storage.close();

        try (RedisStorage again = open()) {
            assertThat(again.identity()).isNotEqualTo(storage.identity());
            assertThat(again.state()).isEqualTo(DurableState.EMPTY);
        }
    }

    @Test
    void aFlushedServerIsNoticedWithoutAWrite() {
        RedisStorage storage = open(PATIENT);
        server.ask(connection -> connection.execute("FLUSHALL"));

        assertLost(storage, "is gone from Redis");
        storage.close();
    }

    @Test
    void aFailoverToAStaleReplicaEndsTheStorageAndTheNextOneIsAnother(@TempDir Path another) {
        try (TestRedis replica = TestRedis.volatileOne(another)) {
            SwitchedConnections connections = new SwitchedConnections(server.connections());
            RedisStorage storage = accepting(connections);
            storage.write(append(1, 3));
            replica.follow(server);
            replica.promote();
            storage.write(append(4, 2));
            connections.switchTo(replica.connections());

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.write(append(6, 1)))
                    .withMessageContainingAll("holds less than Redis had confirmed", "like one that lost its disk");
            storage.close();

            try (RedisStorage again = accepting(connections)) {
                assertThat(again.identity()).isNotEqualTo(storage.identity());
                assertThat(again.state()).isEqualTo(DurableState.EMPTY);
                assertThat(again.snapshots()).isEmpty();
            }
        }
    }

    @Test
    void aFailoverToAStaleReplicaIsNoticedWithoutAWriteToo(@TempDir Path another) {
        try (TestRedis replica = TestRedis.volatileOne(another)) {
            SwitchedConnections connections = new SwitchedConnections(server.connections());
            try (RedisStorage storage = accepting(connections)) {
                storage.write(append(1, 3));
                replica.follow(server);
                replica.promote();
                storage.write(append(4, 2));

                connections.switchTo(replica.connections());

                assertLost(storage, "holds less than Redis had confirmed");
            }
        }
    }

    @Test
    void whatTheFormerOwnerFindsLostWhileItIsWatchedIsNotTaken(CapturedOutput output) {
        RedisStorage former = open();
        former.write(append(1, 3));
        former.close();
        template().opsForHash().put(KEYS + "meta", "released", "0");
        BooleanSupplier isWatched = () -> output.toString().contains("was not closed by its owner");

        try (RedisStorage next =
                RedisStorage.open(onceBefore(isWatched, this::beatOfAnOwnerWhoseWriteIsLost), SETTINGS)) {
            assertThat(next.identity()).isNotEqualTo(former.identity());
            assertThat(next.state()).isEqualTo(DurableState.EMPTY);
        }
    }

    /** Runs something before the first command for which the condition holds. */
    private RedisConnectionFactory onceBefore(BooleanSupplier condition, Runnable before) {
        RedisConnectionFactory connections = server.connections();
        RedisConnectionFactory observed = mock(RedisConnectionFactory.class, delegatesTo(connections));
        AtomicBoolean done = new AtomicBoolean();
        when(observed.getConnection()).thenAnswer(call -> {
            if (condition.getAsBoolean() && done.compareAndSet(false, true)) {
                before.run();
            }
            return connections.getConnection();
        });
        return observed;
    }

    private void beatOfAnOwnerWhoseWriteIsLost() {
        byte[] owner = TestRedis.bytes((String) template().opsForHash().get(KEYS + "meta", "owner"));
        try (RedisCalls calls = new RedisCalls(server.connections(), SETTINGS)) {
            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(() -> calls.run(
                            StorageScripts.BEAT, List.of(SETTINGS.metaKey()), List.of(owner, TestRedis.bytes("2"))))
                    .withMessageContaining("holds less than Redis had confirmed");
        }
    }

    @Test
    void aFailoverWhileTheNodeWasDownCountsAsALostDisk(@TempDir Path another, CapturedOutput output) {
        try (TestRedis replica = TestRedis.volatileOne(another)) {
            UUID identity;
            try (RedisStorage storage = accepting(server.connections())) {
                storage.write(append(1, 3));
                identity = storage.identity();
            }
            replica.follow(server);
            replica.promote();

            try (RedisStorage again = accepting(replica.connections())) {
                assertThat(again.identity()).isNotEqualTo(identity);
                assertThat(again.state()).isEqualTo(DurableState.EMPTY);
            }
            assertThat(output.toString()).contains("begins anew, like a lost disk");
        }
    }

    @Test
    void aRestartThatLostNothingIsLivedThroughWhereLossIsAccepted() {
        RedisConnectionFactory connections = server.connections();
        RedisStorage storage = accepting(connections);
        storage.write(append(1, 3));
        Object before = template().opsForHash().get(KEYS + "meta", "server");
        server.stop();
        server.start();
        await().until(() -> !before.equals(template().opsForHash().get(KEYS + "meta", "server")));
        storage.close();

        try (RedisStorage again = accepting(connections)) {
            assertThat(again.identity()).isEqualTo(storage.identity());
            assertThat(again.state().acceptedIndex()).isEqualTo(3);
        }
    }

    // the content is not what was written

    static Stream<Map.Entry<String, List<String>>> damages() {
        return Stream.of(
                Map.entry("the log has 0 entries, but 3 were written", List.of("DEL", "log")),
                Map.entry("the log has 4 entries, but 3 were written", List.of("RPUSH", "log", "x")),
                Map.entry("the entry of index 4 is not what was written", List.of("LSET", "log", "1", "x")),
                Map.entry("its state is not what was written", List.of("HSET", "meta", "state", "x")),
                Map.entry("its state is not what was written", List.of("HSET", "meta", "sequence", "7")),
                Map.entry("the number of its last write is 'x'", List.of("HSET", "meta", "sequence", "x")),
                Map.entry("its identity is 'x'", List.of("HSET", "meta", "identity", "x")),
                Map.entry("the snapshot of index 2 is damaged or missing", List.of("HDEL", "snapshots", "2")),
                Map.entry("the snapshot of index 2 is damaged or missing", List.of("HSET", "snapshots", "2", "x")),
                Map.entry("the snapshot of index 2 is damaged or missing", List.of("DEL", "snapshot:2")),
                Map.entry("has the format '2'", List.of("HSET", "meta", "format", "2")),
                Map.entry("belongs to node 7 of the cluster 'shop'", List.of("HSET", "meta", "pid", "7")));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void damageIsRefusedInWords(Map.Entry<String, List<String>> damage) {
        try (RedisStorage storage = open(PATIENT)) {
            storage.write(append(1, 5));
            snapshot(storage, 2);
            storage.write(WriteBatch.compacted(2));
        }
        List<String> command = damage.getValue();
        byte[][] arguments = Stream.concat(
                        Stream.of(KEYS + command.get(1)), command.stream().skip(2))
                .map(TestRedis::bytes)
                .toArray(byte[][]::new);
        server.ask(connection -> connection.execute(command.get(0), arguments));

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(this::open)
                    .withMessageContainingAll(KEYS, damage.getKey());
        }
    }

    @Test
    void aPieceOfASnapshotThatWasChangedIsNotAnswered() {
        try (RedisStorage storage = open(PATIENT)) {
            storage.write(append(1, 5));
            snapshot(storage, 2);
            template().opsForHash().put(KEYS + "snapshot:2", "0", "x");

            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(() -> storage.readSnapshot(2, 0, 1))
                    .withMessageContaining("piece 0 of the snapshot of index 2");
        }
    }

    @Test
    void whatWasStagedBeforeACrashIsDeleted() throws IOException {
        RedisStorage storage = open(PATIENT);
        storage.write(append(1, 5));
        SnapshotWriter writer = storage.beginSnapshot(3, ClusterConfiguration.majority(1, List.of(1L)));
        writer.write(new byte[StoredSnapshots.PIECE + 1]);
        assertThat(template().keys(KEYS + "staging:*")).hasSize(1);
        storage.close();

        open().close();

        assertThat(template().keys(KEYS + "*")).containsExactlyInAnyOrder(KEYS + "meta", KEYS + "log");
    }

    // another process

    @Test
    void aStorageThatIsInUseIsRefusedAndGoesOn() {
        try (RedisStorage storage = open(PATIENT)) {
            assertThatExceptionOfType(RedisStorageException.class)
                    .isThrownBy(this::open)
                    .withMessageContainingAll(
                            "in use by another process",
                            "process " + ProcessHandle.current().pid());

            storage.write(append(1, 3));
            storage.check();
        }
    }

    @Test
    void anOwnerIsWatchedForAsLongAsItsOwnSettingsSay(CapturedOutput output) {
        open().close();
        template().opsForHash().put(KEYS + "meta", "released", "0");
        RedisStorageSettings impatient = new RedisStorageSettings(
                "omnipaxos", "shop", 1, Duration.ofMillis(10), Duration.ofSeconds(1), Duration.ofSeconds(1), false);

        RedisStorage.open(server.connections(), impatient).close();

        assertThat(output.toString()).contains("waiting for " + SETTINGS.takeoverTime());
    }

    @Test
    void aProcessThatWasTakenForDeadWritesNothingLate() throws Exception {
        Process holder = startHolder();
        try (BufferedReader said = holder.inputReader();
                BufferedWriter told = holder.outputWriter()) {
            assertThat(said.readLine()).isEqualTo("opened");
            tell(told);
            assertThat(said.readLine()).isEqualTo("written");
            signal(holder, "STOP");

            try (RedisStorage storage = open(settings(Duration.ofSeconds(5), false))) {
                assertThat(storage.state().bootCounter()).isEqualTo(1);
                storage.write(append(1, 3));
                signal(holder, "CONT");
                tell(told);
                assertThat(said.readLine()).containsAnyOf("taken over by another process", "has not answered");
                storage.write(append(4, 1));
                assertThat(storage.state().bootCounter()).isEqualTo(1);
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessThatCrashedIsSucceeded(CapturedOutput output) throws Exception {
        Process holder = startHolder();
        try (BufferedReader said = holder.inputReader()) {
            assertThat(said.readLine()).isEqualTo("opened");
            holder.destroyForcibly().waitFor();

            try (RedisStorage storage = open()) {
                storage.write(append(1, 3));
            }
            assertThat(output.toString()).contains("was not closed by its owner", "process " + holder.pid());
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    private Process startHolder() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RedisStorageHolder.class.getName(),
                        String.valueOf(server.port()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void tell(BufferedWriter holder) throws IOException {
        holder.write("write\n");
        holder.flush();
    }

    private static void signal(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private StringRedisTemplate template() {
        return server.template();
    }

    private static void snapshot(Storage storage, long index) {
        try (SnapshotWriter writer = storage.beginSnapshot(index, ClusterConfiguration.majority(1, List.of(1L)))) {
            writer.write(new byte[] {1, 2, 3});
            writer.commit();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
