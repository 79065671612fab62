package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.node.TransportFactory;

/** The HTTP transport that the properties describe. */
final class HttpTransports {

    private HttpTransports() {}

    static TransportFactory factory(
            DerivedSettings settings, NodeSettings node, OmniPaxosConnectionDetails connectionDetails) {
        return () -> {
            throw new UnsupportedOperationException("being written");
        };
    }
}
