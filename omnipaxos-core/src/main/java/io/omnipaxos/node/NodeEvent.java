package io.omnipaxos.node;

import java.time.Instant;

/**
 * Something that happened to a node and that an operator may ask for later.
 *
 * @param at on this machine's wall clock
 * @param reason what happened and why, in words
 */
public record NodeEvent(Instant at, Kind kind, String reason) {

    /** What happened. */
    public enum Kind {
        /** Another leader is known here, or none. */
        LEADER,
        /** Leadership of this node is being given up in order, was not given up, or took too long to end. */
        HANDOVER,
        /** Another configuration is in force here, or was refused. */
        CONFIGURATION,
        /** It was found out whether this node's storage may take part in decisions. */
        ELIGIBILITY,
        /** A snapshot could not be stored; the node goes on. */
        SNAPSHOT_FAILURE,
        /** The node stopped itself: a failed write, a failed state machine, or a broken rule of the protocol. */
        FAILURE
    }
}
