package io.omnipaxos.log;

import java.util.Arrays;

/**
 * An application's command.
 *
 * @param id who proposed it
 * @param oldestPending the lowest sequence of the same node and boot whose outcome was open when this was proposed, at
 *     most its own; a copy of anything below it that turns up later is not applied
 * @param fencingToken the token of the leadership on whose behalf it was proposed, or 0 if it was proposed outside
 *     leader-only work; a command whose token is older than the newest leadership entry before it is not applied
 * @param payload the bytes for the state machine; must not be changed by anybody after the command is made
 */
public record Command(ProposalId id, long oldestPending, long fencingToken, byte[] payload) implements LogEntry {

    /** What names and numbers take in the most wordy of the encodings. */
    private static final int FRAME_BYTES = 200;

    public Command {
        if (oldestPending > id.sequence()) {
            throw new IllegalArgumentException(
                    "a command is pending itself: sequence " + id.sequence() + ", oldest pending " + oldestPending);
        }
    }

    @Override
    public int size() {
        return FRAME_BYTES + payload.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Command that
                && id.equals(that.id)
                && oldestPending == that.oldestPending
                && fencingToken == that.fencingToken
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "Command[" + id.pid() + "/" + id.boot() + "/" + id.sequence() + ", " + payload.length + " bytes]";
    }
}
