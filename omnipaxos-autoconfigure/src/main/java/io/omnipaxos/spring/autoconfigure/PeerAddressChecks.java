package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.transport.BaseUrl;
import io.omnipaxos.spring.transport.PeerSecurity;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether peers at their addresses can be told from strangers, wherever the addresses come from. */
final class PeerAddressChecks {

    private static final Logger LOG = LoggerFactory.getLogger(PeerAddressChecks.class);

    private PeerAddressChecks() {}

    /** Whether there is anybody to talk to: peers, or a member of the cluster that this node is to join. */
    static boolean hasPeers(OmniPaxosConnectionDetails connectionDetails) {
        return !connectionDetails.peers().isEmpty() || connectionDetails.join() != null;
    }

    /** The first address at which anybody could pass for a peer. */
    static Optional<StartupFault> fault(PeerSecurity security, OmniPaxosConnectionDetails connectionDetails) {
        if (security.isOpen()) {
            return addresses(connectionDetails)
                    .filter(url -> !BaseUrl.isLoopback(url.toString()))
                    .findFirst()
                    .map(PeerAddressChecks::unprotected);
        }
        if (security.restsOnCertificates()) {
            return addresses(connectionDetails)
                    .filter(PeerAddressChecks::isPlain)
                    .findFirst()
                    .map(PeerAddressChecks::plain);
        }
        if (security.tls() != null) {
            addresses(connectionDetails)
                    .filter(PeerAddressChecks::isPlain)
                    .forEach(url -> LOG.warn(
                            "What is said to the peer at {} is signed, but everybody on the way can read it:"
                                    + " omnipaxos.transport.ssl-bundle serves https only",
                            url));
        }
        return Optional.empty();
    }

    private static Stream<URI> addresses(OmniPaxosConnectionDetails connectionDetails) {
        return Stream.concat(
                        connectionDetails.peers().stream().map(connectionDetails::url),
                        Stream.ofNullable(connectionDetails.join()))
                .filter(Objects::nonNull);
    }

    private static boolean isPlain(URI url) {
        return !"https".equalsIgnoreCase(url.getScheme());
    }

    private static StartupFault unprotected(URI url) {
        return new StartupFault(
                "Nothing tells peers from strangers, but the peer at " + url
                        + " is not on the loopback interface of this host",
                "Set omnipaxos.transport.shared-secret to a long random text, the same on every node, or"
                        + " omnipaxos.transport.ssl-bundle to an SSL bundle for mutual TLS.");
    }

    private static StartupFault plain(URI url) {
        return new StartupFault(
                "Only the certificates of omnipaxos.transport.ssl-bundle prove who a peer is, but the peer at " + url
                        + " is not reached by https",
                "Write https:// in the URLs of peers, or set omnipaxos.transport.shared-secret on all nodes.");
    }
}
