package io.omnipaxos.spring.routing;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** What a request asks for, below the context path and as it was sent. */
final class RequestTarget {

    private RequestTarget() {}

    /**
     * Path and query, never decoded.
     *
     * @return null if it cannot be appended to another base URL as it is: then it is no path, or has characters that had
     *     to be encoded, such as the end of a line
     */
    static @Nullable String of(HttpServletRequest request) {
        String context = request.getContextPath();
        String uri = request.getRequestURI();
        if (!uri.startsWith(context)) {
            return null;
        }
        String path = uri.substring(context.length());
        String query = request.getQueryString();
        String target = path + (query == null ? "" : "?" + query);
        boolean isPath = path.isEmpty() || path.startsWith("/");
        return isPath && target.chars().allMatch(character -> character > ' ' && character < 127) ? target : null;
    }
}
