package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.guard.RoutingCheck;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.util.Optional;

/**
 * Whether other nodes can send clients to this one. A node that is switched off never leads, and one without peers has
 * nobody to send any.
 */
final class AdvertisedUrlCheck implements RoutingCheck {

    private final DerivedSettings settings;
    private final OmniPaxosConnectionDetails connectionDetails;
    private final AdvertisedUrls urls;

    AdvertisedUrlCheck(DerivedSettings settings, OmniPaxosConnectionDetails connectionDetails, AdvertisedUrls urls) {
        this.settings = settings;
        this.connectionDetails = connectionDetails;
        this.urls = urls;
    }

    @Override
    public Optional<StartupFault> fault(String method) {
        boolean hasPeers = PeerAddressChecks.hasPeers(connectionDetails);
        boolean peersTellNothing = settings.properties().transport().port() != null;
        return settings.properties().enabled() && hasPeers && peersTellNothing && urls.of(settings.pid()) == null
                ? Optional.of(new StartupFault(
                        "@LeaderOnly method " + method + " sends clients to the leader, but where they reach this node"
                                + " is not known: with omnipaxos.transport.port the URLs of peers name that port",
                        "Set omnipaxos.advertised-url on every node to the base URL at which clients reach it, with its"
                                + " context path."))
                : Optional.empty();
    }
}
