package io.omnipaxos.spring.transport;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hc.core5.net.InetAddressUtils;
import org.jspecify.annotations.Nullable;

/**
 * Serves peers on the application's own port.
 *
 * <p>To be registered before all other filters for {@code {path}/*}, so that heartbeats pass neither security nor the
 * metrics of the application's requests. Other paths below {@code path} are left to the application.
 */
public final class PeerFilter implements Filter {

    /**
     * Set by Tomcat's valve for forwarding headers whenever it trusts the other end of the socket. By then it may have
     * believed the headers and removed them, so that nothing else tells a forwarded request from a local one.
     */
    private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private final String path;
    private final Supplier<@Nullable PeerEndpoint> endpoint;

    /**
     * Makes the filter.
     *
     * @param path that of the settings
     * @param endpoint asked at each request, as a node may be stopped and started again; null while none runs
     */
    public PeerFilter(String path, Supplier<@Nullable PeerEndpoint> endpoint) {
        this.path = path;
        this.endpoint = endpoint;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        PeerService service = request instanceof HttpServletRequest http ? serviceFor(http) : null;
        if (service != null
                && request instanceof HttpServletRequest httpRequest
                && response instanceof HttpServletResponse httpResponse) {
            write(answer(service, httpRequest), httpResponse);
        } else {
            chain.doFilter(request, response);
        }
    }

    private @Nullable PeerService serviceFor(HttpServletRequest request) {
        String context = request.getContextPath();
        String requested = request.getRequestURI();
        return requested.startsWith(context) ? PeerService.at(path, requested.substring(context.length())) : null;
    }

    private PeerAnswer answer(PeerService service, HttpServletRequest request) throws IOException {
        PeerEndpoint present = endpoint.get();
        if (present == null) {
            Problem problem = Problem.of(503, "Service Unavailable", "the node is not running");
            return new PeerAnswer(503, Map.of("Content-Type", Problem.CONTENT_TYPE), problem.toJson(), false);
        }
        HttpServletRequest original = OriginalRequest.of(request);
        return present.handle(new PeerRequest(
                service,
                request.getMethod(),
                request::getHeader,
                request.getContentLengthLong(),
                addressOf(original.getRemoteAddr()),
                isForwarded(original),
                showsCertificateOfPeer(present.settings().security(), original),
                request.getInputStream()));
    }

    /**
     * Whether the web server saw a certificate, and it is one of a peer: the application may let in other clients with
     * certificates of theirs. Where a proxy ended TLS, nobody has seen it.
     */
    private static boolean showsCertificateOfPeer(PeerSecurity security, HttpServletRequest request) {
        PeerTls tls = security.restsOnCertificates() ? security.tls() : null;
        return tls != null
                && request.isSecure()
                && !isForwarded(request)
                && request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain
                && tls.trusts(chain);
    }

    private static boolean isForwarded(HttpServletRequest request) {
        return request.getAttribute(TOMCAT_FORWARDED) != null
                || Collections.list(request.getHeaderNames()).stream().anyMatch(PeerRequest::isForwardingHeader);
    }

    /** Reads an address without ever asking a name server. */
    private static @Nullable InetAddress addressOf(@Nullable String text) {
        String address = text == null ? "" : text.split("%", 2)[0];
        if (!InetAddressUtils.isIPv4(address) && !InetAddressUtils.isIPv6(address)) {
            return null;
        }
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException cannotHappenForAnAddress) {
            return null;
        }
    }

    private static void write(PeerAnswer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
        response.flushBuffer();
    }
}
