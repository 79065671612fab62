package com.example.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.test.AutoConfigureTestLeadership;
import io.omnipaxos.spring.test.TestLeadership;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(properties = "settlement.interval=1d")
@AutoConfigureTestLeadership
class SettlementTests {

    @Autowired
    private TestLeadership leadership;

    @Autowired
    private Settlement settlement;

    @Test
    void aFollowerSettlesNothing() {
        settlement.settle();

        assertThat(settlement.last()).isZero();
    }

    @Test
    void theLeaderSettlesOneAfterTheOther() {
        leadership.elect();
        settlement.settle();
        settlement.settle();

        assertThat(settlement.last()).isEqualTo(2);
    }

    @Test
    void isReadyOnlyWhileItLeads() {
        leadership.elect();
        assertThat(settlement.isReady()).isTrue();

        leadership.electOther(2);
        assertThat(settlement.isReady()).isFalse();
    }
}
