package io.omnipaxos.node;

/** A snapshot that was asked for was not stored; the message says why. The node goes on without it. */
public class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SnapshotException(String message) {
        super(message);
    }

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
