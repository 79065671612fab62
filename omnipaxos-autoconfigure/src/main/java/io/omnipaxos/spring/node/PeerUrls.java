package io.omnipaxos.spring.node;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the nodes of the cluster reach each other: what this node was told itself wins over what the configuration of the
 * cluster says.
 */
@FunctionalInterface
public interface PeerUrls {

    /** The base URL of the node, null if it is not known. */
    @Nullable
    URI of(long pid);
}
