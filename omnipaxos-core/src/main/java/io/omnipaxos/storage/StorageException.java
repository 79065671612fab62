package io.omnipaxos.storage;

/** A storage could not be opened, read or written. The message names the place, what is wrong and what to do. */
public class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
