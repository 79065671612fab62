package io.omnipaxos.spring.actuate;

import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the node as it sees itself and its peers. */
@Endpoint(id = "omnipaxos", defaultAccess = Access.READ_ONLY)
public final class OmniPaxosEndpoint {

    private final Supplier<Optional<NodeStatus>> status;
    private final OmniPaxosConnectionDetails peers;
    private final AdvertisedUrls urls;

    /**
     * Makes the endpoint.
     *
     * @param status of the node, empty before its first start
     */
    public OmniPaxosEndpoint(
            Supplier<Optional<NodeStatus>> status, OmniPaxosConnectionDetails peers, AdvertisedUrls urls) {
        this.status = status;
        this.peers = peers;
        this.urls = urls;
    }

    /** The node as it is now, null before its first start. */
    @ReadOperation
    public @Nullable NodeDescription describe() {
        return status.get()
                .map(present -> NodeDescription.of(present, peers, urls))
                .orElse(null);
    }
}
