package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.AdmissionEnd;
import io.omnipaxos.spring.node.NodeCandidacy;
import io.omnipaxos.spring.node.NodeStart;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.transport.PeerSecurity;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * When the node starts, stands for election and ends. Never lazy: nobody else asks for these beans. A node of a parent
 * context is the concern of that one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(value = RestartableNode.class, search = SearchStrategy.CURRENT)
@Lazy(false)
class NodeLifecycleConfiguration {

    @Bean
    DeploymentChecks omniPaxosDeploymentChecks(
            DerivedSettings settings,
            NodeSettings node,
            OmniPaxosConnectionDetails connectionDetails,
            PeerSecurity security,
            ObjectProvider<HttpTransportFactory> http,
            ApplicationContext context) {
        boolean isHttp = http.getIfAvailable() != null;
        return new DeploymentChecks(settings, node, connectionDetails, security, isHttp, context);
    }

    @Bean
    NodeStart omniPaxosNodeStart(RestartableNode node) {
        return new NodeStart(node);
    }

    @Bean
    NodeCandidacy omniPaxosNodeCandidacy(RestartableNode node, DerivedSettings settings) {
        return new NodeCandidacy(node, settings.properties().participate());
    }

    @Bean
    AdmissionEnd omniPaxosAdmissionEnd(RestartableNode node, ApplicationContext context) {
        return new AdmissionEnd(node, context);
    }
}
