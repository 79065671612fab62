package com.example.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.test.cluster.TestCluster;
import org.junit.jupiter.api.Test;

class FailoverTests {

    @Test
    void theNextLeaderGoesOnWhereTheLastOneEnded() {
        try (TestCluster cluster = TestCluster.of(3)
                .application(SettlementApplication.class)
                .property("settlement.interval", "1d")
                .property("omnipaxos.election-tick-timeout", 150)
                .start()) {
            long first = cluster.awaitLeader();
            cluster.bean(first, Settlement.class).settle();

            cluster.isolate(first); // or stop(first), which hands over, or kill(first)

            long second = cluster.awaitLeader();
            assertThat(second).isNotEqualTo(first);
            cluster.bean(second, Settlement.class).settle();
            assertThat(cluster.bean(second, Settlement.class).last()).isEqualTo(2);
        }
    }
}
