package io.omnipaxos.spring.transport;

/** Ends the handling of a request with a problem. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** The session that the sender shall use instead, or empty. */
    private final String session;

    RefusedException(int status, String title, String detail) {
        this(status, title, detail, "");
    }

    RefusedException(int status, String title, String detail, String session) {
        this(Problem.of(status, title, detail), session);
    }

    RefusedException(Problem problem, String session) {
        // No stack trace: this is an answer, and anybody may cause it as often as he likes.
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.session = session;
    }

    Problem problem() {
        return problem;
    }

    String session() {
        return session;
    }
}
