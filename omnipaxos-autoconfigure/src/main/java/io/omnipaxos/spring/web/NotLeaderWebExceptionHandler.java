package io.omnipaxos.spring.web;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import java.time.Duration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers {@link NotLeaderException} in WebFlux with status 503, {@code Retry-After} and a problem (RFC 9457) that names
 * the leader. An {@code @ExceptionHandler} of the application that takes this exception, also one for all exceptions,
 * comes before it, as everywhere in WebFlux.
 */
public final class NotLeaderWebExceptionHandler implements WebExceptionHandler, Ordered {

    /** Spring Boot answers at -1 whatever nobody has answered. */
    private static final int ORDER = -2;

    private final NotLeaderAnswer answer;

    /**
     * Makes the handler.
     *
     * @param ownPid this node, which is no place to send a client to: it holds no lease when it refuses
     * @param retryAfter when a leader should be there again
     */
    public NotLeaderWebExceptionHandler(long ownPid, AdvertisedUrls urls, Duration retryAfter) {
        this.answer = new NotLeaderAnswer(ownPid, urls, retryAfter);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (!(failure instanceof NotLeaderException notLeader) || response.isCommitted()) {
            return Mono.error(failure);
        }
        String path = exchange.getRequest().getURI().getRawPath();
        byte[] problem = ProblemBody.of(NotLeaderAnswer.STATUS, notLeader.getMessage(), path, answer.leader(notLeader));
        response.setStatusCode(NotLeaderAnswer.STATUS);
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, answer.retryAfter());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getHeaders().setContentLength(problem.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(problem)));
    }
}
