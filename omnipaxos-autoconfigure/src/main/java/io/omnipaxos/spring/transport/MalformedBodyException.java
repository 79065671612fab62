package io.omnipaxos.spring.transport;

/** A body that is not what it should be. Its message is short and repeats nothing of the body. */
final class MalformedBodyException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedBodyException(String reason) {
        super(reason);
    }
}
