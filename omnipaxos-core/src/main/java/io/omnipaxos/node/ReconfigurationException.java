package io.omnipaxos.node;

/** A reconfiguration was refused, or its outcome is not known; the message says which, why, and what to do. */
public class ReconfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ReconfigurationException(String message) {
        super(message);
    }
}
