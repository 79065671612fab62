package io.omnipaxos.spring.transport;

import java.net.URI;
import java.time.Duration;

/**
 * What the transport has to know.
 *
 * @param clusterId the cluster; messages of another one are refused
 * @param pid this node
 * @param path where peers are served, below the context path: begins with a slash, does not end with one
 * @param connectTimeout how long a connection may take to be made
 * @param requestTimeout how long a request of the log lane may take altogether, and a sender to send its body
 * @param electionTimeout the heartbeat lane gives up a request after half of it
 * @param maxMessageBytes the largest body sent or accepted, in bytes
 * @param security how peers prove themselves
 * @param hearsUnproven whether peers on the loopback interface are heard where nothing proves who they are; else nobody
 */
public record HttpTransportSettings(
        String clusterId,
        long pid,
        String path,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration electionTimeout,
        int maxMessageBytes,
        PeerSecurity security,
        boolean hearsUnproven) {

    private static final int LEAST_MESSAGE_BYTES = 4096;

    public HttpTransportSettings {
        if (!path.startsWith("/") || path.endsWith("/")) {
            throw new IllegalArgumentException("the path begins with a slash and does not end with one: " + path);
        }
        if (maxMessageBytes < LEAST_MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a message may take at least " + LEAST_MESSAGE_BYTES + " bytes, not " + maxMessageBytes);
        }
        requirePositive(connectTimeout, "connect timeout");
        requirePositive(requestTimeout, "request timeout");
        requirePositive(electionTimeout, "election timeout");
    }

    /**
     * Where a node serves something.
     *
     * @param base of the node, with its context path
     * @throws IllegalArgumentException if that gives no URL, or one at which nobody would prove to be a node
     */
    URI address(URI base, PeerService service) {
        if (security.restsOnCertificates() && !"https".equalsIgnoreCase(base.getScheme())) {
            throw new IllegalArgumentException(
                    base + " is not https, but only certificates prove here who a peer is (transport.ssl-bundle)");
        }
        String text = base.toString();
        String slashless = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return URI.create(slashless + service.under(path));
    }

    private static void requirePositive(Duration duration, String name) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("the " + name + " is positive, not " + duration);
        }
    }
}
