package io.omnipaxos.spring.routing;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;

/** Which headers go along with a forwarded request and with its answer. */
final class ForwardedHeaders {

    /** Says which node forwarded a request. */
    static final String HOP = "Omnipaxos-Forwarded";

    private static final String FOR = "X-Forwarded-For";

    /** They belong to one connection, beside those that its Connection header names. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Written anew. The standard header would contradict those that are written here. */
    private static final Set<String> OWN_OF_REQUEST = Set.of(
            "content-length",
            "expect",
            "forwarded",
            "host",
            "omnipaxos-forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-proto");

    private ForwardedHeaders() {}

    static void copy(HttpServletRequest from, HttpMessage to, long ownPid) {
        Set<String> connection = named(Collections.list(from.getHeaders("Connection")));
        for (String name : Collections.list(from.getHeaderNames())) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(lower) && !OWN_OF_REQUEST.contains(lower) && !connection.contains(lower)) {
                Collections.list(from.getHeaders(name)).forEach(value -> to.addHeader(name, value));
            }
        }
        List<String> clients = new ArrayList<>(Collections.list(from.getHeaders(FOR)));
        clients.add(from.getRemoteAddr());
        to.setHeader(FOR, String.join(", ", clients));
        to.setHeader("X-Forwarded-Proto", from.getScheme());
        to.setHeader("X-Forwarded-Host", from.getServerName() + portOf(from));
        to.setHeader("X-Forwarded-Port", Integer.toString(from.getServerPort()));
        to.setHeader(HOP, Long.toString(ownPid));
    }

    private static String portOf(HttpServletRequest request) {
        int port = request.getServerPort();
        boolean isDefault = port == (request.isSecure() ? 443 : 80);
        return isDefault ? "" : ":" + port;
    }

    /** What the leader says wins over what filters of this node have said already. */
    static void copy(HttpMessage from, HttpServletResponse to) {
        Set<String> connection = named(Arrays.stream(from.getHeaders("Connection"))
                .map(Header::getValue)
                .toList());
        Set<String> seen = new HashSet<>();
        for (Header header : from.getHeaders()) {
            String lower = header.getName().toLowerCase(Locale.ROOT);
            if (HOP_BY_HOP.contains(lower) || lower.equals("content-length") || connection.contains(lower)) {
                continue;
            }
            if (seen.add(lower)) {
                to.setHeader(header.getName(), header.getValue());
            } else {
                to.addHeader(header.getName(), header.getValue());
            }
        }
    }

    private static Set<String> named(List<String> values) {
        Set<String> names = new HashSet<>();
        for (String value : values) {
            for (String name : value.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
