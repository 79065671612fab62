package io.omnipaxos.storage.file;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.nio.ByteBuffer;

/** How values stand in a file: big-endian, of fixed length but for a command's payload. */
final class Encoding {

    static final int BALLOT_BYTES = 28;
    static final int STATE_BYTES = 2 * BALLOT_BYTES + 4 * Long.BYTES;

    private static final byte COMMAND = 1;
    private static final byte LEADERSHIP = 2;
    private static final int COMMAND_BYTES = 1 + 5 * Long.BYTES;
    private static final int LEADERSHIP_BYTES = 1 + BALLOT_BYTES;

    private Encoding() {}

    static void putBallot(ByteBuffer target, Ballot ballot) {
        target.putLong(ballot.configurationId())
                .putLong(ballot.n())
                .putInt(ballot.priority())
                .putLong(ballot.pid());
    }

    static Ballot getBallot(ByteBuffer source) {
        return new Ballot(source.getLong(), source.getLong(), source.getInt(), source.getLong());
    }

    static void putState(ByteBuffer target, DurableState state) {
        putBallot(target, state.promise());
        putBallot(target, state.acceptedRound());
        target.putLong(state.acceptedIndex())
                .putLong(state.decidedIndex())
                .putLong(state.bootCounter())
                .putLong(state.largestGrantNanos());
    }

    static DurableState getState(ByteBuffer source) {
        return new DurableState(
                getBallot(source),
                getBallot(source),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong());
    }

    static int lengthOf(LogEntry entry) {
        return entry instanceof Command command ? COMMAND_BYTES + command.payload().length : LEADERSHIP_BYTES;
    }

    static void putEntry(ByteBuffer target, LogEntry entry) {
        if (entry instanceof Command command) {
            target.put(COMMAND)
                    .putLong(command.id().pid())
                    .putLong(command.id().boot())
                    .putLong(command.id().sequence())
                    .putLong(command.oldestPending())
                    .putLong(command.fencingToken())
                    .put(command.payload());
        } else if (entry instanceof LeadershipEntry leadership) {
            putBallot(target.put(LEADERSHIP), leadership.ballot());
        } else {
            throw new IllegalArgumentException("no encoding is known for " + entry);
        }
    }

    /** Reads the entry that the buffer holds from its position to its limit. */
    static LogEntry getEntry(ByteBuffer source) {
        byte kind = source.get();
        return switch (kind) {
            case COMMAND -> {
                ProposalId id = new ProposalId(source.getLong(), source.getLong(), source.getLong());
                long oldestPending = source.getLong();
                long fencingToken = source.getLong();
                byte[] payload = new byte[source.remaining()];
                source.get(payload);
                yield new Command(id, oldestPending, fencingToken, payload);
            }
            case LEADERSHIP -> new LeadershipEntry(getBallot(source));
            default -> throw new IllegalArgumentException("an entry of the unknown kind " + kind);
        };
    }
}
