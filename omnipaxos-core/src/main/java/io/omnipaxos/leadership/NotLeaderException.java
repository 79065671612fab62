package io.omnipaxos.leadership;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Leader-only work was refused because this node does not lead, or led no more when it was asked. */
public class NotLeaderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Leader leader;

    /**
     * @param message what was refused and why
     * @param leader the node that leads instead, or null if none is known
     */
    public NotLeaderException(String message, @Nullable Leader leader) {
        super(message);
        this.leader = leader;
    }

    /** The node that leads instead, if one is known. */
    public Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }
}
