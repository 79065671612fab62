package io.omnipaxos.spring.actuate;

import io.omnipaxos.spring.actuate.NodeDescription.LeaderDescription;
import org.jspecify.annotations.Nullable;

/** Ends an action before it changed anything. */
final class ActionRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient @Nullable LeaderDescription leader;

    ActionRefusedException(int status, String message) {
        this(status, message, null);
    }

    ActionRefusedException(int status, String message, @Nullable LeaderDescription leader) {
        super(message, null, false, false);
        this.status = status;
        this.leader = leader;
    }

    /** That of the answer. */
    int status() {
        return status;
    }

    @Nullable
    LeaderDescription leader() {
        return leader;
    }
}
