package io.omnipaxos.leadership;

/**
 * Told of changes, after they took effect. All calls come from one thread that belongs to this purpose, in order, never
 * from the node's loop; {@code elected} and {@code revoked} alternate strictly. What a listener throws is logged and
 * changes nothing else.
 */
public interface LeadershipListener {

    /** A listener that does nothing. */
    LeadershipListener NONE = new LeadershipListener() {};

    /** This node leads. */
    default void elected(Tenure tenure) {}

    /**
     * This node leads no more. On a planned change the successor waits for the end of this call, within the
     * configured time.
     *
     * @param reason why, in words
     */
    default void revoked(Tenure tenure, String reason) {}

    /**
     * The work that was admitted in a leadership has ended, or has gone on for longer than the drain timeout after the
     * leadership was over. Comes after {@link #revoked}, and after the next {@link #elected} where work goes on for so
     * long; not once the node has stopped.
     */
    default void ended(Tenure tenure) {}

    /** This node sees another leader, or none. */
    default void changed(LeaderChange change) {}
}
