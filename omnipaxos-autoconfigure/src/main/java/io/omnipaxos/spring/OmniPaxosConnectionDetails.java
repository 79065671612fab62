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
     * The base URL of a peer, asked anew at each connect.
     *
     * @return null while it is not known yet
     */
    @Nullable
    URI url(long pid);
}
