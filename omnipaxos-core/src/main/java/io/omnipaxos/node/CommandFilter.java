package io.omnipaxos.node;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.statemachine.AppliedSessions;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Says which entries of the log are given to the state machine: a command that is no repetition, and on behalf of no
 * leadership but the newest. A function of the entries seen, in order. Each snapshot begins with one, so that what
 * follows it is judged as if everything before had been seen.
 */
final class CommandFilter {

    private static final byte FORMAT = 1;

    private final AppliedSessions sessions;
    private long newestToken;

    /** What becomes of an entry. */
    enum Verdict {
        /** The state machine gets it. */
        APPLIED,
        /** A newer leadership has begun before it. */
        STALE,
        /** It is a repetition, or no command. */
        PASSED_OVER
    }

    /** Before the first entry of the log. */
    CommandFilter() {
        this(new AppliedSessions(), 0);
    }

    private CommandFilter(AppliedSessions sessions, long newestToken) {
        this.sessions = sessions;
        this.newestToken = newestToken;
    }

    /**
     * After the last entry that a snapshot covers.
     *
     * @param source the snapshot from its beginning; left where the state machine's part begins
     * @throws IOException if it cannot be read or understood
     */
    static CommandFilter readFrom(DataInput source) throws IOException {
        byte format = source.readByte();
        if (format != FORMAT) {
            throw new IOException("it has format " + format + ", but this release reads only format " + FORMAT
                    + "; start the node with the release that wrote it");
        }
        long newestToken = source.readLong();
        return new CommandFilter(AppliedSessions.readFrom(source), newestToken);
    }

    /** What a snapshot begins with. */
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream target = new DataOutputStream(bytes);
        try {
            target.writeByte(FORMAT);
            target.writeLong(newestToken);
            sessions.writeTo(target);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    /** Judges the next entry. */
    Verdict judge(long index, LogEntry entry) {
        if (entry instanceof LeadershipEntry) {
            newestToken = index;
        }
        if (!(entry instanceof Command command) || !sessions.isFirst(command)) {
            return Verdict.PASSED_OVER;
        }
        boolean stale = command.fencingToken() != 0 && command.fencingToken() < newestToken;
        return stale ? Verdict.STALE : Verdict.APPLIED;
    }

    /** The index of the newest leadership entry, 0 if there was none. */
    long newestToken() {
        return newestToken;
    }

    /** Whether a command was among the entries, or would be passed over now. */
    boolean isSettled(ProposalId id) {
        return sessions.isSettled(id);
    }
}
