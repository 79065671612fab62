package io.omnipaxos.spring.node;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where clients reach each node of the application. */
@FunctionalInterface
public interface AdvertisedUrls {

    /** The base URL of the node, null if it is not known. */
    @Nullable
    URI of(long pid);
}
