package io.omnipaxos.spring.routing;

import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import io.omnipaxos.spring.guard.LeaderOnlyRules;
import io.omnipaxos.spring.web.ProblemAnswer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Routes requests for leader-only handlers to the leader, before anything of their body is read. Meant to be the last
 * interceptor: what the application checks in its own, and in filters, is checked on this node first.
 *
 * <p>Each request is routed once: one that another node forwarded here is not sent on. Once a handler was let through,
 * its own dispatches are left alone; whether it runs is then up to the guard around it.
 */
public final class LeaderRouting implements HandlerInterceptor {

    private final LeaderOnlyRules rules;
    private final LeaderAddress leader;
    private final LeaderOnlyCalls calls;
    private final RequestForwarder forwarder;

    public LeaderRouting(
            LeaderOnlyRules rules, LeaderAddress leader, LeaderOnlyCalls calls, RequestForwarder forwarder) {
        this.rules = rules;
        this.leader = leader;
        this.calls = calls;
        this.forwarder = forwarder;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (TruncatedAnswerException.isMarked(request)) {
            // A page for the error would pass for the rest of the answer.
            return false;
        }
        if (!(handler instanceof HandlerMethod method) || request.getDispatcherType() != DispatcherType.REQUEST) {
            return true;
        }
        Otherwise otherwise = rules.otherwise(method.getBeanType(), method.getMethod());
        if ((otherwise != Otherwise.REDIRECT && otherwise != Otherwise.FORWARD) || leader.isHere()) {
            return true;
        }
        Outcome outcome = Outcome.REJECTED;
        try {
            outcome = route(request, response, otherwise);
        } catch (TruncatedAnswerException truncated) {
            outcome = Outcome.FORWARDED;
            throw truncated;
        } catch (NotLeaderException refused) {
            throw refusal(method, refused);
        } finally {
            calls.add(outcome);
        }
        return false;
    }

    private Outcome route(HttpServletRequest request, HttpServletResponse response, Otherwise otherwise)
            throws IOException {
        LeaderAddress.Located located = leader.elsewhere();
        if (request.getHeader(ForwardedHeaders.HOP) != null) {
            throw new NotLeaderException(
                    "another node forwarded this request here, but this node does not lead; try again in a moment",
                    located.leader());
        }
        String target = RequestTarget.of(request);
        if (target == null) {
            return refuse(
                    request,
                    response,
                    HttpStatus.BAD_REQUEST,
                    "this node does not lead, and the path or the query cannot be sent on to the leader: they have"
                            + " characters that must be percent-encoded");
        }
        if (otherwise == Otherwise.REDIRECT) {
            response.setStatus(HttpStatus.TEMPORARY_REDIRECT.value());
            response.setHeader(HttpHeaders.LOCATION, located.base() + target);
            return Outcome.REDIRECTED;
        }
        if (isConsumedEarly(request.getContentType())) {
            return refuse(
                    request,
                    response,
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "this node does not lead, and forms and multipart requests cannot be forwarded to the leader, as"
                            + " they are read before it is known where they belong; send JSON, or send it to the leader,"
                            + " or let the handler use @LeaderOnly(otherwise = REDIRECT)");
        }
        forwarder.forward(request, response, located, target);
        return Outcome.FORWARDED;
    }

    private static Outcome refuse(
            HttpServletRequest request, HttpServletResponse response, HttpStatus status, String detail)
            throws IOException {
        ProblemAnswer.write(request, response, status, detail);
        return Outcome.REJECTED;
    }

    /** By Spring and by filters, whenever they ask for a parameter. */
    private static boolean isConsumedEarly(@Nullable String contentType) {
        String type = contentType == null ? "" : contentType.strip().toLowerCase(Locale.ROOT);
        return type.startsWith("multipart/") || type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
    }

    private static NotLeaderException refusal(HandlerMethod method, NotLeaderException refused) {
        NotLeaderException refusal = new NotLeaderException(
                method.getBeanType().getSimpleName() + "." + method.getMethod().getName()
                        + "() runs on the leader only: " + refused.getMessage(),
                refused.leader().orElse(null));
        refusal.initCause(refused);
        return refusal;
    }
}
