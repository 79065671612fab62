package io.omnipaxos.node;

/** An append did not end in a commit. {@link #outcome()} says whether the command may be in the log all the same. */
public class AppendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is known of the command. */
    public enum Outcome {
        /** There is no leader that could be asked. The command is surely not in the log. */
        NO_LEADER,
        /** Too much is waiting. The command is surely not in the log; try again later. */
        OVERLOADED,
        /** The command is larger than a message may be. It is surely not in the log. */
        TOO_LARGE,
        /** A newer leadership began before the command was decided; it was not applied and never will be. */
        STALE_TOKEN,
        /**
         * No answer in time, or this node stopped: the command may be in the log now or later. Or this node learnt of it
         * with a snapshot, which says that it is in the log, but not its result; the message says which.
         */
        UNKNOWN
    }

    private final Outcome outcome;

    public AppendException(Outcome outcome, String message) {
        super(message);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }
}
