package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.node.AdvertisedUrls;
import io.omnipaxos.spring.node.PeerUrls;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What each node says of itself, else what follows from the properties of this one. */
final class KnownAdvertisedUrls implements AdvertisedUrls {

    private final DerivedSettings settings;
    private final PeerUrls peerUrls;
    private final Supplier<@Nullable HttpTransportFactory> transports;

    /**
     * Asks for nothing yet.
     *
     * @param transports null where peers are not met by HTTP
     */
    KnownAdvertisedUrls(
            DerivedSettings settings, PeerUrls peerUrls, Supplier<@Nullable HttpTransportFactory> transports) {
        this.settings = settings;
        this.peerUrls = peerUrls;
        this.transports = transports;
    }

    @Override
    public @Nullable URI of(long pid) {
        HttpTransportFactory heard = pid == settings.pid() ? null : transports.get();
        URI said = heard == null ? null : heard.advertisedUrl(pid);
        return said == null ? settings.advertisedUrl(pid, peerUrls.of(pid)) : said;
    }
}
