package io.omnipaxos.simulation;

/** Something happened in a simulation that must never happen. */
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    Violation(String message, Throwable cause) {
        super(message, cause);
    }

    Violation(String message) {
        super(message);
    }
}
