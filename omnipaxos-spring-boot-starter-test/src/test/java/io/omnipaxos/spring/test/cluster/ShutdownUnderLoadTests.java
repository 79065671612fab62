package io.omnipaxos.spring.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A leader is shut down while it answers requests and works on futures that only the leader may work on. */
@Timeout(180)
class ShutdownUnderLoadTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void whatRunsIsEndedBeforeAnotherLeads() throws Exception {
        try (TestCluster cluster = TestCluster.of(3)
                .application(Application.class)
                .webServer()
                // The lease outlives the first requests, which load the web layer.
                .property("omnipaxos.election-tick-timeout", 500)
                .property("omnipaxos.handover.drain-timeout", "60s")
                .property("spring.lifecycle.timeout-per-shutdown-phase", "90s")
                .start()) {
            long first = cluster.awaitLeader();
            Work work = cluster.bean(first, Work.class);
            Leadership firstLeadership = cluster.bean(first, Leadership.class);
            List<Leadership> others = cluster.contexts().entrySet().stream()
                    .filter(node -> node.getKey() != first)
                    .map(node -> node.getValue().getBean(Leadership.class))
                    .toList();
            String url = "http://127.0.0.1:" + port(cluster, first);
            CompletableFuture<HttpResponse<String>> inFlight = get(url + "/slow");
            CompletableFuture<Void> future = work.later();
            assertThat(work.began().await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            Thread stopping = new Thread(() -> cluster.stop(first));
            stopping.start();
            await().atMost(PATIENCE).until(() -> !firstLeadership.isLeader());

            // Nothing new begins here, and nobody else begins while the lease is held for what still runs.
            assertThat(get(url + "/slow")
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(503);
            assertThat(firstLeadership.leaseRemaining()).isPresent();
            assertThat(others).noneMatch(Leadership::isLeader);
            future.complete(null);
            assertThat(firstLeadership.leaseRemaining()).isPresent();
            assertThat(others).noneMatch(Leadership::isLeader);
            work.letItEnd();

            assertThat(inFlight.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                    .satisfies(answer -> assertThat(answer.body()).startsWith("done with token "));
            stopping.join();
            assertThat(cluster.awaitLeader()).isNotEqualTo(first);
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(String url) {
        return HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(URI.create(url)).GET().build(), BodyHandlers.ofString());
    }

    private static int port(TestCluster cluster, long pid) {
        return ((ServletWebServerApplicationContext) cluster.context(pid))
                .getWebServer()
                .getPort();
    }

    @RestController
    static class Work {

        private final CountDownLatch began = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private final Leadership leadership;

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        CountDownLatch began() {
            return began;
        }

        void letItEnd() {
            end.countDown();
        }

        @LeaderOnly
        @GetMapping("/slow")
        String slow() throws InterruptedException {
            began.countDown();
            end.await();
            return "done with token " + leadership.fencingToken();
        }

        @LeaderOnly
        CompletableFuture<Void> later() {
            return new CompletableFuture<>();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Work.class)
    static class Application {}
}
