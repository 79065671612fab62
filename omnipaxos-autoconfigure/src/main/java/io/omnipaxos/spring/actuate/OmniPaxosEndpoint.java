package io.omnipaxos.spring.actuate;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.PeerUrls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Shows the node as it sees itself and its peers; where access is unrestricted, also changes who leads and who the
 * members are.
 */
@Endpoint(id = "omnipaxos", defaultAccess = Access.READ_ONLY)
public final class OmniPaxosEndpoint {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Optional<NodeStatus>> status;
    private final PeerUrls peers;
    private final AdvertisedUrls urls;
    private final NodeActions actions;

    /**
     * Makes the endpoint.
     *
     * @param status of the node, empty before its first start
     * @param snapshots stores a snapshot of the node's state
     */
    public OmniPaxosEndpoint(
            Supplier<Optional<NodeStatus>> status,
            PeerUrls peers,
            AdvertisedUrls urls,
            Leadership leadership,
            ClusterReconfiguration reconfiguration,
            Supplier<CompletableFuture<Long>> snapshots) {
        this(status, peers, urls, new NodeActions(status, leadership, reconfiguration, snapshots, urls, PATIENCE));
    }

    OmniPaxosEndpoint(Supplier<Optional<NodeStatus>> status, PeerUrls peers, AdvertisedUrls urls, NodeActions actions) {
        this.status = status;
        this.peers = peers;
        this.urls = urls;
        this.actions = actions;
    }

    /** The node as it is now, null before its first start. */
    @ReadOperation
    public @Nullable NodeDescription describe() {
        return status.get()
                .map(present -> NodeDescription.of(present, peers, urls))
                .orElse(null);
    }

    /**
     * Does what is asked for. All parameters are text, so that whatever is wrong with one is answered in words.
     *
     * @param action resign, transfer, reconfigure or snapshot
     * @param to the node that is to lead
     * @param nodes the pids of all next members, separated by commas
     * @param urls the base URLs of nodes that are not known yet, as in {@code 4=http://10.0.0.4:8080}
     * @param readQuorumSize of the next configuration, the majority if it is left out
     * @param writeQuorumSize of the next configuration, the majority if it is left out
     * @param configurationId of the configuration that is to be changed; whichever is in force if it is left out
     */
    @WriteOperation
    public WebEndpointResponse<ActionDescription> act(
            @Nullable String action,
            @Nullable String to,
            @Nullable String nodes,
            @Nullable String urls,
            @Nullable String readQuorumSize,
            @Nullable String writeQuorumSize,
            @Nullable String configurationId) {
        return actions.act(
                action, new ActionParameters(to, nodes, urls, readQuorumSize, writeQuorumSize, configurationId));
    }
}
