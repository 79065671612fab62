package io.omnipaxos.spring.autoconfigure;

import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.node.RestartableNode;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A node that does nothing and leads if the test says so. */
@Configuration(proxyBeanMethods = false)
class TestNodes {

    @Bean
    FakeLeadership fakeLeadership() {
        return new FakeLeadership();
    }

    @Bean
    OmniPaxosNode mockNode(FakeLeadership leadership) {
        OmniPaxosNode node = mock(OmniPaxosNode.class);
        given(node.handOver()).willReturn(CompletableFuture.completedFuture(true));
        given(node.leadership()).willReturn(leadership);
        return node;
    }

    @Bean
    RestartableNode restartableNode(OmniPaxosNode node) {
        return new RestartableNode(() -> node);
    }
}
