package io.omnipaxos.spring.routing;

import java.io.IOException;
import java.net.URI;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

/**
 * Lets an HTTP client of the application call the leader, wherever it is by then, under the host name {@code leader}:
 *
 * <pre>{@code
 * RestClient orders = builder.baseUrl("http://leader").requestInterceptor(leaderHttpRequestInterceptor).build();
 * orders.get().uri("/orders/{id}", 7) …
 * }</pre>
 *
 * <p>Scheme, host, port and context path become those of the leader's advertised URL, also where this node leads itself;
 * requests to other hosts pass unchanged. Nothing is repeated. Safe for use by any thread.
 */
public final class LeaderHttpRequestInterceptor implements ClientHttpRequestInterceptor {

    /** The host name that stands for the leader. */
    public static final String HOST = "leader";

    private final LeaderAddress leader;

    public LeaderHttpRequestInterceptor(LeaderAddress leader) {
        this.leader = leader;
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.omnipaxos.leadership.NotLeaderException if no leader is known, or not where clients reach it; nothing was
     *     sent
     */
    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        return execution.execute(HOST.equalsIgnoreCase(request.getURI().getHost()) ? toLeader(request) : request, body);
    }

    private HttpRequest toLeader(HttpRequest request) {
        URI asked = request.getURI();
        String query = asked.getRawQuery();
        URI target = leader.anywhere().resolve(asked.getRawPath() + (query == null ? "" : "?" + query));
        return new HttpRequestWrapper(request) {
            @Override
            public URI getURI() {
                return target;
            }
        };
    }
}
