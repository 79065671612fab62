package io.omnipaxos.spring.transport;

/** A body that is no batch of messages. Its message is short and repeats nothing of the body. */
final class MalformedBatchException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedBatchException(String reason) {
        super(reason);
    }
}
