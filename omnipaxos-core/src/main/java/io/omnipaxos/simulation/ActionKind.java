package io.omnipaxos.simulation;

import java.util.List;
import java.util.Locale;

/** What can be done to a simulated cluster, with the names of its parameters. */
public enum ActionKind {
    /** Starts the process of a node that is down. */
    START("pid"),
    /** Ends the process at once; the system stays up. */
    CRASH("pid"),
    /** Ends the process and loses what was not synced. */
    POWER_CUT("pid"),
    /** Lets the process hand over and end in order. */
    SHUT_DOWN("pid"),
    /** Stops the process while the clocks run on. */
    PAUSE("pid"),
    /** Stops the process and the monotonic clock, as of a suspended virtual machine. */
    SUSPEND("pid"),
    /** Lets a stopped process go on. */
    RESUME("pid"),
    /** Nothing goes from one node to the other. */
    CUT("from", "to"),
    /** Nothing goes between two nodes. */
    CUT_BOTH("pid", "pid"),
    /** Nothing goes to or from a node. */
    ISOLATE("pid"),
    /** The link between two nodes is there and not by turns. */
    FLAP("pid", "pid", "milliseconds"),
    /** The link from one node to the other has this latency. */
    SLOW_LINK("from", "to", "microseconds"),
    /** The link from one node to the other loses and repeats messages. */
    BAD_LINK("from", "to", "loss-permille", "duplication-permille"),
    /** The link from one node to the other carries no more than this. */
    NARROW_LINK("from", "to", "bytes-per-second"),
    /** All links are as at first, and whole. */
    HEAL(),
    /** All faults end, but everybody reaches only this node. As the last action: then there must be a leader. */
    RECOVER_AROUND("pid"),
    /** The clocks of a node run too fast or too slow. */
    DRIFT("pid", "parts-per-million"),
    /** The wall clock of a node is set forward or back. */
    JUMP("pid", "milliseconds"),
    /** The disk of a node takes this long for a sync. */
    SLOW_DISK("pid", "microseconds"),
    /** The next sync of a node fails, which stops it, unless it was one of a snapshot. */
    FAIL_SYNC("pid"),
    /** A bit on the disk of a node changes, which may be started anew then, if the cluster bears the loss of that disk. */
    ROT("pid"),
    /** The disk of a node is replaced by an empty one, if the cluster bears that. */
    REPLACE_DISK("pid"),
    /** A client of a node writes to registers, one after the other. */
    PUT("pid", "count"),
    /** A client of a node reads a register and then sets it on condition. */
    COMPARE_AND_SET("pid"),
    /** A client of a node reads a register. */
    READ("pid"),
    /** Leader-only work on a node that takes so long and then writes, if it leads. */
    WORK("pid", "milliseconds"),
    /** The node hands leadership to another one, if it leads. */
    TRANSFER("pid", "to"),
    /** The node gives leadership up, if it leads. */
    RESIGN("pid"),
    /** The node stores a snapshot. */
    SNAPSHOT("pid"),
    /** Whoever leads makes these nodes the members. */
    RECONFIGURE("read-quorum", "write-quorum", "pid...");

    private final String parameters;

    ActionKind(String... parameters) {
        this.parameters = String.join(" ", parameters);
    }

    /** The names of the parameters; the last may stand for several. */
    public List<String> parameters() {
        return parameters.isEmpty() ? List.of() : List.of(parameters.split(" ", -1));
    }

    /** The name in a plan: small letters and hyphens. */
    public String keyword() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it hurts. */
    boolean isFault() {
        return switch (this) {
            case START, RESUME, HEAL, PUT, COMPARE_AND_SET, READ, WORK, TRANSFER, RESIGN, SNAPSHOT, RECONFIGURE ->
                false;
            default -> true;
        };
    }

    boolean takes(int count) {
        int named = parameters().size();
        return parameters.endsWith("...") ? count >= named : count == named;
    }
}
