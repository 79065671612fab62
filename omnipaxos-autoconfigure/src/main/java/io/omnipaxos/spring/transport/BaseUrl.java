package io.omnipaxos.spring.transport;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a base URL of a node must look like. */
public final class BaseUrl {

    /** An address is part of the log and of messages, which are bounded. */
    private static final int MAX_LENGTH = 200;

    private BaseUrl() {}

    /** What is wrong with it and what to write instead, null if it is right. */
    public static @Nullable String fault(@Nullable String text) {
        String given = text == null ? "" : text;
        if (given.length() > MAX_LENGTH) {
            return "must be at most " + MAX_LENGTH + " characters; write scheme, host, port and context path only";
        }
        URI url;
        try {
            url = new URI(given);
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
    public static boolean isLoopback(String url) {
        try {
            return Arrays.stream(InetAddress.getAllByName(URI.create(url).getHost()))
                    .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unresolved) {
            return false;
        }
    }
}
