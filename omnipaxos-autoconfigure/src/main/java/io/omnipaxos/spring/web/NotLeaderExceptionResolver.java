package io.omnipaxos.spring.web;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.node.AdvertisedUrls;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
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

    private final NotLeaderAnswer answer;
    private final ApplicationHandlers handlers;

    /**
     * Makes the resolver.
     *
     * @param ownPid this node, which is no place to send a client to: it holds no lease when it refuses
     * @param retryAfter when a leader should be there again
     */
    public NotLeaderExceptionResolver(
            long ownPid, AdvertisedUrls urls, ApplicationHandlers handlers, Duration retryAfter) {
        this.answer = new NotLeaderAnswer(ownPid, urls, retryAfter);
        this.handlers = handlers;
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
        response.setHeader(HttpHeaders.RETRY_AFTER, answer.retryAfter());
        ProblemAnswer.write(
                request, response, NotLeaderAnswer.STATUS, exception.getMessage(), answer.leader(exception));
    }
}
