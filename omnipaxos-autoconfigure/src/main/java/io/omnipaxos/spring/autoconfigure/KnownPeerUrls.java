package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.PeerUrls;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.transport.BaseUrl;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What was written on this node about where nodes are, and what the configuration of the cluster says of the others. */
final class KnownPeerUrls implements PeerUrls {

    private final DerivedSettings settings;
    private final OmniPaxosConnectionDetails connectionDetails;
    private final Supplier<@Nullable RestartableNode> node;

    /**
     * Asks for nothing yet.
     *
     * @param node null where the node is switched off
     */
    KnownPeerUrls(
            DerivedSettings settings,
            OmniPaxosConnectionDetails connectionDetails,
            Supplier<@Nullable RestartableNode> node) {
        this.settings = settings;
        this.connectionDetails = connectionDetails;
        this.node = node;
    }

    @Override
    public @Nullable URI of(long pid) {
        URI told = settings.peerUrl(pid, connectionDetails.url(pid));
        return told != null ? told : configured(pid);
    }

    private @Nullable URI configured(long pid) {
        return Optional.ofNullable(node.get())
                .flatMap(RestartableNode::status)
                .map(NodeStatus::configuration)
                .map(configuration -> configuration.addresses().get(pid))
                .filter(address -> BaseUrl.fault(address) == null)
                .map(URI::create)
                .orElse(null);
    }
}
