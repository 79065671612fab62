package io.omnipaxos.spring.transport;

import java.io.InputStream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request as any server sees it.
 *
 * @param service what is asked for
 * @param method the HTTP method
 * @param headers by name
 * @param contentLength the announced length of the body in bytes, -1 if none was
 * @param remote the other end of the socket, null if it is not known
 * @param forwarded whether there is any sign of a proxy, in which case {@code remote} says nothing of the sender
 * @param authenticated whether the socket itself proved the sender to be a peer, by a client certificate
 * @param body to be read once; not closed by the reader
 */
record PeerRequest(
        PeerService service,
        String method,
        RequestIdentity.HeaderLookup headers,
        long contentLength,
        @Nullable InetAddress remote,
        boolean forwarded,
        boolean authenticated,
        InputStream body) {

    /** Whether a browser made it: on behalf of a page from anywhere, though it comes from this host. */
    boolean isFromBrowser() {
        return headers.get("Origin") != null || headers.get("Sec-Fetch-Site") != null;
    }

    /** Whether a header of this name tells of a proxy. */
    static boolean isForwardingHeader(String name) {
        String prefix = "X-Forwarded-";
        // With the latter two Tomcat's SSLValve is told of a certificate that only a proxy has seen.
        return name.equalsIgnoreCase("Forwarded")
                || name.equalsIgnoreCase("ssl_client_cert")
                || name.equalsIgnoreCase("ssl_client_escaped_cert")
                || name.equalsIgnoreCase("X-Real-IP")
                || name.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
