package io.omnipaxos.spring.redis;

import io.omnipaxos.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** The storage in Redis could not be opened, read or written; with what to do about it. */
public final class RedisStorageException extends StorageException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String action;
    private final boolean isLost;

    /**
     * @param problem what is wrong
     * @param action what to do, without the full stop
     */
    RedisStorageException(String problem, String action, @Nullable Throwable cause) {
        this(problem, action, false, cause);
    }

    /** @param isLost whether this process can surely no longer use the storage */
    RedisStorageException(String problem, String action, boolean isLost, @Nullable Throwable cause) {
        super(problem + ". " + action);
        if (cause != null) {
            initCause(cause);
        }
        this.problem = problem;
        this.action = action;
        this.isLost = isLost;
    }

    boolean isLost() {
        return isLost;
    }

    /** What is wrong, in words. */
    public String problem() {
        return problem;
    }

    /** What to do about it, in words. */
    public String action() {
        return action;
    }
}
