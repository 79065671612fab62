package io.omnipaxos.sample.demo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Serves this machine only, and its own page only: what kills processes must not be reached from another host, by a name
 * that somebody else resolves to this one, or by a foreign page in the same browser.
 */
@Component
class LoopbackOnly extends OncePerRequestFilter {

    private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final HandlerExceptionResolver resolver;

    /** @param resolver answers as it does where a controller refuses something */
    LoopbackOnly(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
        this.resolver = resolver;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!isLoopback(request.getRemoteAddr()) || !OWN_NAMES.contains(request.getServerName())) {
            refuse(request, response, "the demo serves this machine only");
        } else if (!HttpMethod.GET.matches(request.getMethod()) && isForeign(request)) {
            refuse(request, response, "the demo obeys its own page only");
        } else {
            chain.doFilter(request, response);
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, String reason) {
        var refusal = new ResponseStatusException(HttpStatus.FORBIDDEN, reason);
        resolver.resolveException(request, response, null, refusal);
    }

    private static boolean isLoopback(String address) throws IOException {
        return InetAddress.getByName(address).isLoopbackAddress();
    }

    /** Browsers send the origin with each POST; other clients need none. */
    private static boolean isForeign(HttpServletRequest request) {
        @Nullable String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return false;
        }
        try {
            URI page = URI.create(origin);
            return page.getPort() != request.getServerPort() || !OWN_NAMES.contains(String.valueOf(page.getHost()));
        } catch (IllegalArgumentException invalid) {
            return true;
        }
    }
}
