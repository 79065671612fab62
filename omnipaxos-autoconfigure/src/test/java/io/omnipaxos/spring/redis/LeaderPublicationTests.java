package io.omnipaxos.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.LeaderElectedEvent;
import io.omnipaxos.spring.LeaderRevokedEvent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.core.StringRedisTemplate;

@ExtendWith(OutputCaptureExtension.class)
class LeaderPublicationTests {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final String KEY = "omnipaxos:shop:leader";
    /** Renewals come from events only. */
    private static final Duration LONG = Duration.ofHours(1);

    private TestRedis server;
    private StringRedisTemplate redis;
    private Node first;
    private Node second;

    @BeforeEach
    void startServer(@TempDir Path directory) {
        server = TestRedis.volatileOne(directory);
        redis = server.template();
        first = new Node(1, LONG);
        second = new Node(2, LONG);
    }

    @AfterEach
    void stopServer() {
        first.publication.stop();
        second.publication.stop();
        server.close();
    }

    private final class Node {

        private final LeaderPublication publication;
        private volatile Long token;

        private Node(long pid, Duration lease) {
            publication = new LeaderPublication(
                    server.connections(Duration.ofSeconds(2)),
                    "shop",
                    pid,
                    () -> Optional.ofNullable(token),
                    of -> URI.create("http://app-" + of),
                    lease,
                    CLOCK);
            publication.start();
        }

        private Node lead(long newToken) {
            token = newToken;
            publication.elected(new LeaderElectedEvent(new Tenure(Ballot.NONE, newToken)));
            return this;
        }

        private void lose() {
            Tenure lost = new Tenure(Ballot.NONE, token);
            token = null;
            publication.revoked(new LeaderRevokedEvent(lost, "lost"));
        }
    }

    private static String published(long pid, long token) {
        return "{\"pid\":" + pid + ",\"url\":\"http://app-" + pid + "\",\"fencingToken\":" + token
                + ",\"since\":\"2026-01-01T00:00:00Z\"}";
    }

    private void awaitPublished(String expected) {
        await().untilAsserted(() -> assertThat(redis.opsForValue().get(KEY)).isEqualTo(expected));
    }

    @Test
    void theLeaderIsPublishedForAboutItsLeaseAndWithdrawn() {
        assertThat(first.publication.key()).isEqualTo(KEY);
        first.lead(41);

        awaitPublished(published(1, 41));
        assertThat(redis.getExpire(KEY)).isBetween(7000L, 7200L);

        first.lose();
        awaitPublished(null);
    }

    @Test
    void anOlderLeaderNeitherReplacesNorWithdrawsANewerOne() {
        first.lead(41);
        awaitPublished(published(1, 41));
        second.lead(42);
        awaitPublished(published(2, 42));

        first.lead(41).publication.stop();
        assertThat(redis.opsForValue().get(KEY)).isEqualTo(published(2, 42));
        first.publication.start();
        first.lead(41).lose();
        first.publication.stop();
        assertThat(redis.opsForValue().get(KEY)).isEqualTo(published(2, 42));
    }

    @Test
    void anOlderLeaderDoesNotComeBackWhereTheNewerOneHasWithdrawn() {
        second.lead(42);
        awaitPublished(published(2, 42));
        second.lose();
        awaitPublished(null);

        first.lead(41).publication.stop();

        assertThat(redis.hasKey(KEY)).isFalse();
    }

    @Test
    void changesAreToldOnTheChannelAndRenewalsAreNot() {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (var connection = redis.getConnectionFactory().getConnection()) {
            connection.subscribe((message, pattern) -> told.add(new String(message.getBody())), TestRedis.bytes(KEY));
            await().until(() -> server.ask(
                            another -> another.execute("PUBLISH", TestRedis.bytes(KEY), TestRedis.bytes("subscribed")))
                    .equals(1L));
            await().until(() -> told.contains("subscribed"));
            told.clear();
            first.lead(41);
            awaitPublished(published(1, 41));
            first.lead(41).publication.stop();
            first.publication.start();
            first.lose();

            await().untilAsserted(() -> assertThat(told).containsExactly(published(1, 41), "null"));
        }
    }

    @Test
    void aStoppedNodeWithdraws() {
        first.lead(41);
        awaitPublished(published(1, 41));
        first.token = null;

        first.publication.stop();

        assertThat(redis.hasKey(KEY)).isFalse();
        assertThat(first.publication.isRunning()).isFalse();
    }

    @Test
    void itIsRenewedAndExpiresWithItsNode() {
        Node node = new Node(3, Duration.ofMillis(400));
        node.lead(43);
        awaitPublished(published(3, 43));
        redis.delete(KEY);
        awaitPublished(published(3, 43));

        node.publication.stop();

        awaitPublished(null);
    }

    @Test
    void aRedisThatIsAwayIsLoggedOnceAndHarmless(CapturedOutput output) {
        Node node = new Node(3, Duration.ofMillis(100));
        node.lead(43);
        awaitPublished(published(3, 43));
        server.stop();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> output.toString().contains("The leader cannot be published in Redis"));
        for (int i = 0; i < 3; i++) {
            node.lead(43);
        }
        server.start();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(server.<String>ask(connection -> {
                            byte[] value = connection.stringCommands().get(TestRedis.bytes(KEY));
                            return value == null ? null : new String(value);
                        }))
                        .isEqualTo(published(3, 43)));
        node.publication.stop();
        assertThat(output.toString())
                .containsOnlyOnce("The leader cannot be published in Redis; leadership does not depend on it")
                .containsOnlyOnce("The leader is published in Redis again");
    }
}
