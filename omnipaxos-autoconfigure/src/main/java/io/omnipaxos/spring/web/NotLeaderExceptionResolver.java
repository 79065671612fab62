package io.omnipaxos.spring.web;

import io.omnipaxos.leadership.Leader;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers {@link NotLeaderException} with status 503, {@code Retry-After} and a problem (RFC 9457) that names the leader,
 * unless the application has an {@code @ExceptionHandler} for exactly this type. Stands ahead of Spring's resolvers, as
 * an advice for all exceptions would turn it into status 500.
 */
public final class NotLeaderExceptionResolver implements HandlerExceptionResolver, Ordered {

    /** Spring's resolvers stand together at 0. */
    private static final int ORDER = -1;

    private final long ownPid;
    private final AdvertisedUrls urls;
    private final ApplicationHandlers handlers;
    private final String retryAfter;

    /**
     * Makes the resolver.
     *
     * @param ownPid this node, which is no place to send a client to: it holds no lease when it refuses
     * @param retryAfter when a leader should be there again
     */
    public NotLeaderExceptionResolver(
            long ownPid, AdvertisedUrls urls, ApplicationHandlers handlers, Duration retryAfter) {
        this.ownPid = ownPid;
        this.urls = urls;
        this.handlers = handlers;
        this.retryAfter = String.valueOf(Math.max(1, retryAfter.plusMillis(999).toSeconds()));
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception exception) {
        if (!(exception instanceof NotLeaderException notLeader) || response.isCommitted() || isHandled(handler)) {
            return null;
        }
        try {
            answer(request, response, notLeader);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new ModelAndView();
    }

    private boolean isHandled(@Nullable Object handler) {
        return handlers.handle(handler instanceof HandlerMethod method ? method.getBeanType() : null);
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, NotLeaderException exception)
            throws IOException {
        Map<String, @Nullable Object> leader = new LinkedHashMap<>();
        leader.put("leader", leader(exception.leader()));
        response.setHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        ProblemAnswer.write(request, response, HttpStatus.SERVICE_UNAVAILABLE, exception.getMessage(), leader);
    }

    private @Nullable Map<String, @Nullable Object> leader(Optional<Leader> leader) {
        if (leader.isEmpty() || leader.get().pid() == ownPid) {
            return null;
        }
        URI url = urls.of(leader.get().pid());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("pid", leader.get().pid());
        answer.put("url", url == null ? null : url.toString());
        return answer;
    }
}
