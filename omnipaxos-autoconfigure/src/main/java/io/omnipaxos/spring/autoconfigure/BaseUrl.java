package io.omnipaxos.spring.autoconfigure;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a base URL of a node must look like. */
final class BaseUrl {

    private BaseUrl() {}

    /** What is wrong with it and what to write instead, null if it is right. */
    static @Nullable String fault(@Nullable String text) {
        URI url;
        try {
            url = new URI(text == null ? "" : text);
        } catch (URISyntaxException malformed) {
            return "is not a URL: " + malformed.getReason() + "; write for example http://10.0.0.2:8080";
        }
        String scheme = url.getScheme();
        if ((!"http".equals(scheme) && !"https".equals(scheme)) || url.getHost() == null) {
            return "must be an absolute http or https URL with a host; write for example http://10.0.0.2:8080";
        }
        return url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null
                ? "must be a base URL without user, query or fragment; write scheme, host, port and context path only"
                : null;
    }

    /** Whether it surely means this host: a name that does not resolve may mean another one tomorrow. */
    static boolean isLoopback(String url) {
        try {
            return Arrays.stream(InetAddress.getAllByName(URI.create(url).getHost()))
                    .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unresolved) {
            return false;
        }
    }
}
