package io.omnipaxos.spring.test;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import io.omnipaxos.spring.autoconfigure.OmniPaxosProperties;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.state.MapStateMachine;
import io.omnipaxos.statemachine.StateMachine;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What {@link AutoConfigureTestLeadership} puts in the place of the node and of everything that comes from it. */
@AutoConfiguration(before = OmniPaxosAutoConfiguration.class)
final class TestLeadershipAutoConfiguration {

    /** The properties of the node were not checked, as it is switched off: nothing of them is taken that may be wrong. */
    @Bean
    @ConditionalOnMissingBean
    NodeSettings testNodeSettings(OmniPaxosProperties properties) {
        Long pid = properties.pid();
        long own = pid == null ? 1 : pid;
        return NodeSettings.defaults(
                properties.clusterId(), own, new ClusterConfiguration(1, List.of(own), Quorums.majority(1)));
    }

    @Bean
    TestAdmissions testAdmissions() {
        return new TestAdmissions();
    }

    @Bean
    @ConditionalOnMissingBean(StateMachine.class)
    MapStateMachine testMapStateMachine() {
        return new MapStateMachine();
    }

    @Bean
    MemoryLog testReplicatedLog(ObjectProvider<StateMachine> machine, TestAdmissions admissions) {
        return new MemoryLog(machine::getObject, admissions);
    }

    @Bean
    TestLeadership testLeadership(
            NodeSettings settings, LeadershipCallbacks callbacks, MemoryLog log, TestAdmissions admissions) {
        return new TestLeadership(settings, callbacks, log, admissions);
    }

    /** There, so that who injects it starts; refuses everything, as nothing runs. */
    @Bean
    @ConditionalOnMissingBean
    ClusterReconfiguration testClusterReconfiguration(PeerUrls urls) {
        RestartableNode neverStarted = new RestartableNode(() -> {
            throw new IllegalStateException("there is no node in this test");
        });
        return new ClusterReconfiguration(neverStarted, urls);
    }

    @Bean
    @Lazy(false)
    TestLeadershipEnd testLeadershipEnd(TestLeadership leadership, ApplicationContext context) {
        return new TestLeadershipEnd(leadership, context);
    }

    /** Before anything else closes. Events of child contexts arrive here as well. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    private record TestLeadershipEnd(TestLeadership leadership, ApplicationContext context)
            implements ApplicationListener<ContextClosedEvent> {

        @Override
        public void onApplicationEvent(ContextClosedEvent event) {
            if (event.getApplicationContext() == context) {
                leadership.end("the application is shut down");
            }
        }
    }
}
