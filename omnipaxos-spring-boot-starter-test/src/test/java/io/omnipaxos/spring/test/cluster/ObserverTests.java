package io.omnipaxos.spring.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A node with {@code omnipaxos.participate=false}, which would be preferred as the one with the highest pid. */
class ObserverTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void votesAndServesButNeverLeads() {
        try (TestCluster cluster = TestCluster.of(3)
                .application(Application.class)
                .property(3, "omnipaxos.participate", false)
                .start()) {
            long first = cluster.awaitLeader();
            assertThat(first).isNotEqualTo(3);
            long second = 3 - first;
            map(cluster, 3).put("key", "written on the observer");

            assertThat(cluster.bean(first, Leadership.class).transferTo(3))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(false);

            // Its vote is needed for the other one to lead.
            cluster.stop(first);
            assertThat(cluster.awaitLeader()).isEqualTo(second);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(map(cluster, 3).get("key")).contains("written on the observer"));
            assertThat(cluster.bean(3, Leadership.class).isLeader()).isFalse();
        }
    }

    private static ReplicatedMap<String> map(TestCluster cluster, long pid) {
        return cluster.bean(pid, ReplicatedMaps.class).get("map", String.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
