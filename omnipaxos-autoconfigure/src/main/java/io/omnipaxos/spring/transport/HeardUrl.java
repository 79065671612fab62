package io.omnipaxos.spring.transport;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a peer says that clients reach it. Safe for use by any thread. */
final class HeardUrl {

    private static final Logger logger = LoggerFactory.getLogger(HeardUrl.class);

    private final long own;
    private final long peer;
    private volatile Heard last = new Heard("", null);
    private boolean warned;

    HeardUrl(long own, long peer) {
        this.own = own;
        this.peer = peer;
    }

    private record Heard(String text, @Nullable URI url) {}

    /** The last one, null if the peer said none, or one that is none. */
    @Nullable
    URI url() {
        return last.url;
    }

    /**
     * Takes what the peer said last.
     *
     * @param text empty if it said nothing
     */
    void hear(String text) {
        if (!text.equals(last.text)) {
            change(text);
        }
    }

    private synchronized void change(String text) {
        String fault = text.isEmpty() ? null : BaseUrl.fault(text);
        if (fault != null && !warned) {
            warned = true;
            logger.warn(
                    "Node {}: what node {} says of where clients reach it is passed over, as it {}; look at"
                            + " omnipaxos.advertised-url there",
                    own,
                    peer,
                    fault);
        }
        last = new Heard(text, text.isEmpty() || fault != null ? null : URI.create(text));
    }
}
