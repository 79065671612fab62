package io.omnipaxos.spring.node;

import io.omnipaxos.transport.Transport;

/** Makes the transport of the node. A bean of this type replaces the HTTP transport. */
@FunctionalInterface
public interface TransportFactory {

    /** Called at each start of the node, which starts and closes what it gets. */
    Transport create();
}
