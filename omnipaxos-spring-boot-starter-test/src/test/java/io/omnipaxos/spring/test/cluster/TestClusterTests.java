package io.omnipaxos.spring.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderChanged;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class TestClusterTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Makes a lease of five seconds, for tests in which nobody has to wait until one runs out. */
    private static final int MANY_TICKS = 250;

    @Test
    void aStopHandsOver() {
        try (TestCluster cluster = TestCluster.of(3)
                .application(Application.class)
                .property("omnipaxos.election-tick-timeout", MANY_TICKS)
                .start()) {
            long first = cluster.awaitLeader();
            long token = token(cluster, first);
            Work work = cluster.bean(first, Work.class);

            cluster.stop(first);

            assertThat(work.isRevoked()).isTrue();
            assertThat(cluster.contexts()).hasSize(2).doesNotContainKey(first);
            long second = cluster.awaitLeader();
            assertThat(second).isNotEqualTo(first);
            assertThat(token(cluster, second)).isGreaterThan(token);
        }
    }

    @Test
    void anIsolatedLeaderStopsBeforeAnotherBegins() {
        try (TestCluster cluster =
                        TestCluster.of(3).application(Application.class).start();
                LeaderWatch watch = new LeaderWatch(leaderships(cluster))) {
            long first = cluster.awaitLeader();
            long token = token(cluster, first);

            cluster.isolate(first);

            long second = cluster.awaitLeader();
            assertThat(second).isNotEqualTo(first);
            assertThat(cluster.bean(first, Leadership.class).isLeader()).isFalse();
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> cluster.bean(first, Work.class).token());
            assertThat(token(cluster, second)).isGreaterThan(token);
            put(cluster, second, "of the second");

            cluster.heal();

            assertThat(read(cluster, first)).contains("of the second");
            assertThat(watch.looks()).isPositive();
            assertThat(watch.twoAtOnce()).isEmpty();
        }
    }

    @Test
    void aKilledNodeIsReplacedAndFindsItsStorageAgain() {
        try (TestCluster cluster =
                TestCluster.of(3).application(Application.class).start()) {
            long first = cluster.awaitLeader();
            long token = token(cluster, first);
            put(cluster, first, "value");

            cluster.kill(first);

            assertThatIllegalStateException()
                    .isThrownBy(() -> cluster.context(first))
                    .withMessageContaining("restart it first");
            long second = cluster.awaitLeader();
            assertThat(token(cluster, second)).isGreaterThan(token);

            cluster.restart(first);

            assertThat(cluster.contexts()).hasSize(3);
            assertThat(cluster.awaitLeader()).isPositive();
            assertThat(read(cluster, first)).contains("value");
        }
    }

    @Test
    void whatWasWrittenOutlivesAllNodes() {
        try (TestCluster cluster =
                TestCluster.of(3).application(Application.class).start()) {
            long token = token(cluster, cluster.awaitLeader());
            put(cluster, 1, "value");
            List.of(1L, 2L, 3L).forEach(cluster::kill);
            assertThat(cluster.contexts()).isEmpty();
            assertThat(cluster.leader()).isEmpty();

            List.of(1L, 2L, 3L).forEach(cluster::restart);

            long leader = cluster.awaitLeader();
            assertThat(token(cluster, leader)).isGreaterThan(token);
            assertThat(read(cluster, leader)).contains("value");
        }
    }

    @Test
    void theNodeThatReachesAllLeadsWhereTheOthersDoNotReachEachOther() {
        try (TestCluster cluster =
                TestCluster.of(3).application(Application.class).start()) {
            long first = cluster.awaitLeader();
            long middle = first % 3 + 1;
            long last = middle % 3 + 1;

            cluster.cut(first, last);

            // Either the leader stays, with the quorum that it has, or the node in the middle takes over.
            assertThat(cluster.awaitLeader()).isIn(first, middle);
            cluster.cutOneWay(middle, first);
            assertThat(cluster.awaitLeader()).isIn(middle, last);
        }
    }

    @Test
    void saysWhatEachNodeSeesWhereNobodyLeads() {
        try (TestCluster cluster =
                TestCluster.of(3).application(Application.class).start()) {
            cluster.awaitLeader();
            cluster.stop(3);
            cluster.cut(1, 2);

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> cluster.awaitLeader(Duration.ofMillis(1)))
                    .withMessageContaining("there is no leader within PT0.001S")
                    .withMessageContaining("node 1: RUNNING")
                    .withMessageContaining("connected with nobody")
                    .withMessageContaining("node 3: does not run");
        }
    }

    @Test
    void refusesNodesThatItDoesNotHave() {
        try (TestCluster cluster = aloneForLong()) {
            assertThat(cluster.awaitLeader()).isEqualTo(1);
            assertThat(cluster.leader()).hasValue(1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.isolate(4))
                    .withMessage("there is no node 4; the nodes are [1]");
        }
    }

    @Test
    void sendsClientsToTheWebServerOfTheLeader() throws Exception {
        try (TestCluster cluster = TestCluster.of(2)
                .application(Application.class)
                .webServer()
                .property("omnipaxos.election-tick-timeout", MANY_TICKS)
                .property(2, "omnipaxos.leader-priority", 1)
                .start()) {
            long leader = cluster.awaitLeader();
            long follower = 3 - leader;
            String url = "http://127.0.0.1:" + port(cluster, leader);

            assertThat(cluster.bean(follower, AdvertisedUrls.class).of(leader)).isEqualTo(URI.create(url));
            assertThat(status(cluster, leader)).isEqualTo(200);
            assertThat(status(cluster, follower)).isEqualTo(503);
        }
    }

    @Test
    void aRunnerMayWaitForTheLeader() {
        try (TestCluster cluster = TestCluster.of(3)
                .application(Application.class, WaitingRunner.class)
                .property("omnipaxos.election-tick-timeout", MANY_TICKS)
                .start()) {
            assertThat(cluster.contexts().values())
                    .allMatch(context ->
                            context.getBean(Leadership.class).leader().isPresent());
        }
    }

    @Test
    void peersAndStorageAreItsOwnWhateverFilesSay() {
        try (TestCluster cluster = TestCluster.of(2)
                .application(Application.class)
                .property("spring.config.name", "production")
                .start()) {
            long leader = cluster.awaitLeader();

            assertThat(cluster.context(leader).getEnvironment().getProperty("omnipaxos.storage.type"))
                    .isEqualTo("file");
            put(cluster, leader, "value");
            assertThat(read(cluster, 3 - leader)).contains("value");
        }
    }

    @Test
    void clustersRunBesideEachOther() {
        try (TestCluster one = aloneForLong();
                TestCluster other = aloneForLong()) {
            map(one, one.awaitLeader()).put("key", "of one");

            assertThat(map(other, other.awaitLeader()).get("key")).isEmpty();
            List<Leadership> both =
                    List.of(leaderships(one).get(0), leaderships(other).get(0));
            try (LeaderWatch watch = new LeaderWatch(both)) {
                // That it finds nothing elsewhere would say little otherwise.
                await().atMost(PATIENCE).until(() -> watch.looks() > 0);
                assertThat(watch.twoAtOnce()).isNotEmpty();
            }
        }
    }

    @Test
    void aNodeThatCannotStartEndsAll() {
        Ended.PIDS.clear();

        assertThatIllegalStateException()
                .isThrownBy(() -> TestCluster.of(2)
                        .application(Application.class, Ended.class)
                        .property(2, "omnipaxos.leader-priority", "none")
                        .start())
                .withMessage("node 2 could not be started")
                .havingCause()
                .withStackTraceContaining("leader-priority");

        assertThat(Ended.PIDS).contains("1");
    }

    @Test
    void wantsAnApplication() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TestCluster.of(3).start())
                .withMessageContaining("application(MyApplication.class)");
        assertThatIllegalArgumentException().isThrownBy(() -> TestCluster.of(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestCluster.of(3).property(4, "name", "value"))
                .withMessageContaining("there is no node 4");
    }

    private static TestCluster aloneForLong() {
        return TestCluster.of(1)
                .application(Application.class)
                .property("omnipaxos.election-tick-timeout", MANY_TICKS)
                .start();
    }

    /** A busy machine may interrupt a leadership for a moment. */
    private static long token(TestCluster cluster, long pid) {
        Work work = cluster.bean(pid, Work.class);
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(NotLeaderException.class)
                .until(work::token, token -> token > 0);
    }

    private static void put(TestCluster cluster, long pid, String value) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> map(cluster, pid).put("key", value) != null);
    }

    /** The first answer counts: a read is never stale, but it may fail while nobody leads. */
    private static Optional<String> read(TestCluster cluster, long pid) {
        return await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> map(cluster, pid).get("key"), answer -> true);
    }

    @SuppressWarnings("unchecked")
    private static ReplicatedMap<String> map(TestCluster cluster, long pid) {
        return cluster.bean(pid, ReplicatedMap.class);
    }

    private static List<Leadership> leaderships(TestCluster cluster) {
        return cluster.contexts().values().stream()
                .map(context -> context.getBean(Leadership.class))
                .toList();
    }

    private static int port(TestCluster cluster, long pid) {
        return ((ServletWebServerApplicationContext) cluster.context(pid))
                .getWebServer()
                .getPort();
    }

    private static int status(TestCluster cluster, long pid) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(cluster, pid) + "/token"))
                .timeout(PATIENCE)
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Work.class)
    static class Application {

        @Bean
        ReplicatedMap<String> map(ReplicatedMaps maps) {
            return maps.get("map");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WaitingRunner {

        @Bean
        Known known() {
            return new Known(new CountDownLatch(1));
        }

        @Bean
        ApplicationRunner waiting(Known known) {
            return arguments -> known.latch().await();
        }
    }

    /** Remembers the nodes whose contexts were closed. */
    record Ended(@Value("${omnipaxos.pid}") String pid) implements DisposableBean {

        private static final Set<String> PIDS = ConcurrentHashMap.newKeySet();

        @Override
        public void destroy() {
            PIDS.add(pid);
        }
    }

    record Known(CountDownLatch latch) {
        @OnLeaderChanged
        void changed(LeaderChange change) {
            if (change.leader() != null) {
                latch.countDown();
            }
        }
    }

    @RestController
    static class Work {

        private final Leadership leadership;
        private volatile boolean revoked;

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        @LeaderOnly
        @GetMapping("/token")
        long token() {
            return leadership.fencingToken();
        }

        boolean isRevoked() {
            return revoked;
        }

        @OnLeaderRevoked
        void revoked() {
            revoked = true;
        }
    }
}
