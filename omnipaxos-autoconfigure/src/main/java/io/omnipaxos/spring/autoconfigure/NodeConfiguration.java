package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeObserver;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.NodeFactory;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.state.MapStateMachine;
import io.omnipaxos.spring.state.ReplicatedMaps;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.spring.transport.MembersClient;
import io.omnipaxos.statemachine.StateMachine;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The node and what it is made of. */
@Configuration(proxyBeanMethods = false)
@Conditional(PropertyCondition.Enabled.class)
class NodeConfiguration {

    /** The node has its own time limit; this one is for a node that does not keep it. */
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(1);

    @Bean
    @ConditionalOnMissingBean
    NodeSettings omniPaxosNodeSettings(DerivedSettings settings, OmniPaxosConnectionDetails connectionDetails) {
        return settings.nodeSettings(connectionDetails.peers());
    }

    @Bean
    @ConditionalOnMissingBean
    StorageFactory omniPaxosStorageFactory(DerivedSettings settings, NodeSettings node) {
        return PropertiesStorage.factory(settings, node);
    }

    @Bean
    @ConditionalOnMissingBean(StateMachine.class)
    MapStateMachine omniPaxosMapStateMachine() {
        return new MapStateMachine();
    }

    /** State machine and observers are asked for when the node starts: they may use what comes from the node. */
    @Bean
    @ConditionalOnMissingBean
    RestartableNode omniPaxosNode(
            NodeSettings settings,
            StorageFactory storage,
            TransportFactory transport,
            ObjectProvider<StateMachine> stateMachine,
            LeadershipCallbacks callbacks,
            OmniPaxosConnectionDetails connectionDetails,
            HttpTransportSettings http,
            ObjectProvider<NodeObserver> observers,
            ObjectProvider<Activities> activities) {
        NodeFactory.Maker maker = (present, open, carrying) -> new OmniPaxosNode(
                present,
                () -> open,
                carrying,
                atItsBeginning(stateMachine.getObject()),
                callbacks,
                observers.orderedStream().toList());
        NodeFactory factory = new NodeFactory(
                settings, storage, transport, maker, connectionDetails::join, () -> new MembersClient(http));
        return new RestartableNode(factory, activities.getIfAvailable(() -> Activities.UNOBSERVED));
    }

    /** The log, or a snapshot and what follows it, is handed over anew at each start. */
    private static StateMachine atItsBeginning(StateMachine machine) {
        if (machine instanceof MapStateMachine maps) {
            maps.reset();
        }
        return machine;
    }

    @Bean
    @ConditionalOnMissingBean
    ClusterReconfiguration clusterReconfiguration(RestartableNode node, PeerUrls urls) {
        return new ClusterReconfiguration(node, urls);
    }

    @Bean
    @ConditionalOnMissingBean
    Leadership leadership(RestartableNode node) {
        return node.leadership();
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(MapStateMachine.class)
    ReplicatedMaps replicatedMaps(
            RestartableNode node,
            MapStateMachine machine,
            NodeSettings settings,
            DerivedSettings derived,
            ObjectProvider<JsonMapper> mapper) {
        return new ReplicatedMaps(
                node,
                machine,
                settings.appendTimeout().plus(ANSWER_MARGIN),
                mapper.getIfAvailable(JsonMapper::shared),
                derived.mapLimits(),
                WatchThreads.of(settings.pid()));
    }
}
