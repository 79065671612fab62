package io.omnipaxos.spring;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the peers are. An application, a test or a container integration that knows better than the properties
 * publishes a bean of this type. Safe for use by any thread.
 */
public interface OmniPaxosConnectionDetails extends ConnectionDetails {

    /** The pids of the other members of the cluster. Asked once, when the node is made. */
    Set<Long> peers();

    /**
     * The base URL of a node, also of this one, asked at the start and anew at each connect. Where neither a secret nor
     * certificates prove who a peer is, it has to be on the loopback interface.
     *
     * @return null if it is not known here; then the one counts that the cluster's configuration says, if it says one
     */
    @Nullable
    URI url(long pid);

    /**
     * The base URL of any member of a running cluster that this node is to join, asked anew at each attempt.
     *
     * @return null if this node does not join: it and {@link #peers()} are the first members
     */
    default @Nullable URI join() {
        return null;
    }
}
