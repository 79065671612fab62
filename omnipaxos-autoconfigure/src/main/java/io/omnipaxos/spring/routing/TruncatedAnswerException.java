package io.omnipaxos.spring.routing;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * The answer of the leader broke off after its beginning had been passed on. Nothing is left that could say so but the
 * connection to the client, which the web server closes when this reaches it.
 */
final class TruncatedAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final String MARK = TruncatedAnswerException.class.getName();

    TruncatedAnswerException(HttpServletRequest request, String leader, IOException cause) {
        super(
                "the answer of the leader at " + leader + " broke off after its beginning had been passed on",
                cause,
                false,
                false);
        request.setAttribute(MARK, true);
    }

    /** Whether this happened to the answer to a request, also while the web server dispatches it as an error. */
    static boolean isMarked(HttpServletRequest request) {
        return request.getAttribute(MARK) != null;
    }
}
