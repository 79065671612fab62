package io.omnipaxos.spring.test;

import java.util.List;

/**
 * Callbacks or listeners of application events threw when the test changed the leadership. All the others were called
 * all the same, as in production, where such a failure is only logged. The cause is the first failure, the others are
 * suppressed.
 */
public final class CallbackError extends AssertionError {

    private static final long serialVersionUID = 1L;

    /** One failure. */
    record Failure(String what, Throwable thrown) {

        String words() {
            return what + " failed: " + thrown;
        }
    }

    CallbackError(List<Failure> failures) {
        super(
                String.join("; ", failures.stream().map(Failure::words).toList()),
                failures.get(0).thrown());
        failures.stream().skip(1).forEach(other -> addSuppressed(other.thrown()));
    }
}
