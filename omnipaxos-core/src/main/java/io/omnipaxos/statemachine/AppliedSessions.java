package io.omnipaxos.statemachine;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells which commands were applied already, so that one that was proposed again is applied once. A function of the
 * commands seen, in order, and so the same on every node. Not safe for use by several threads.
 *
 * <p>Bounded by what each node has pending: each command says which older ones of its node are settled.
 *
 * @see <a href="https://web.stanford.edu/~ouster/cgi-bin/papers/OngaroPhD.pdf">Ongaro: Consensus: Bridging Theory and
 *     Practice, section 6.3, Implementing linearizable semantics</a>
 */
public final class AppliedSessions {

    private final Map<Origin, Session> sessions = new TreeMap<>();

    /** A node with one storage: only its boots can be compared. */
    private record Origin(long pid, long storage) implements Comparable<Origin> {

        static Origin of(ProposalId id) {
            return new Origin(id.pid(), id.storage());
        }

        @Override
        public int compareTo(Origin other) {
            return pid != other.pid ? Long.compare(pid, other.pid) : Long.compare(storage, other.storage);
        }
    }

    /**
     * Reads sessions that were {@linkplain #writeTo written}, to their end.
     *
     * @throws IOException if the source cannot be read, ends early, or holds what no sessions can be
     */
    public static AppliedSessions readFrom(DataInput source) throws IOException {
        AppliedSessions read = new AppliedSessions();
        Origin last = new Origin(0, 0);
        for (int left = readCount(source); left > 0; left--) {
            long pid = source.readLong();
            Session session = Session.readFrom(source);
            Origin origin = Origin.of(new ProposalId(pid, session.boot, 1));
            if (pid < 1 || origin.compareTo(last) <= 0) {
                throw new IOException("the sessions of the snapshot are damaged: " + origin + " after " + last);
            }
            read.sessions.put(origin, session);
            last = origin;
        }
        return read;
    }

    /**
     * Notes a command.
     *
     * @return whether it is to be applied: false for a repetition, and for what an earlier boot on the same storage proposed
     *     once a later boot was heard
     */
    public boolean isFirst(Command command) {
        long boot = command.id().boot();
        Origin origin = Origin.of(command.id());
        Session session = sessions.get(origin);
        if (session == null || session.boot < boot) {
            session = new Session(boot);
            sessions.put(origin, session);
        }
        return session.boot == boot && session.isFirst(command.id().sequence(), command.oldestPending());
    }

    /** Whether a command was noted, or will not be applied any more for what was noted after it. */
    public boolean isSettled(ProposalId id) {
        Session session = sessions.get(Origin.of(id));
        return session != null
                && (session.boot > id.boot() || (session.boot == id.boot() && session.isSettled(id.sequence())));
    }

    /** Writes everything that was noted. The same commands in the same order give the same bytes. */
    public void writeTo(DataOutput target) throws IOException {
        target.writeInt(sessions.size());
        for (Map.Entry<Origin, Session> session : sessions.entrySet()) {
            target.writeLong(session.getKey().pid());
            session.getValue().writeTo(target);
        }
    }

    /** Nothing is reserved for a count before it is read, so one that is wrong ends with the source. */
    private static int readCount(DataInput source) throws IOException {
        int count = source.readInt();
        if (count < 0) {
            throw new IOException("the sessions of the snapshot are damaged: a count of " + count);
        }
        return count;
    }

    private static long readAbove(long bound, String what, DataInput source) throws IOException {
        long value = source.readLong();
        if (value <= bound) {
            throw new IOException(
                    "the sessions of the snapshot are damaged: " + what + " " + value + " is not above " + bound);
        }
        return value;
    }

    private static final class Session {
        private final long boot;
        private final TreeSet<Long> applied = new TreeSet<>();
        private long oldestPending;

        Session(long boot) {
            this.boot = boot;
        }

        boolean isFirst(long sequence, long oldestPendingNow) {
            if (oldestPendingNow > oldestPending) {
                oldestPending = oldestPendingNow;
                applied.headSet(oldestPending).clear();
            }
            return sequence >= oldestPending && applied.add(sequence);
        }

        boolean isSettled(long sequence) {
            return sequence < oldestPending || applied.contains(sequence);
        }

        void writeTo(DataOutput target) throws IOException {
            target.writeLong(boot);
            target.writeLong(oldestPending);
            target.writeInt(applied.size());
            for (long sequence : applied) {
                target.writeLong(sequence);
            }
        }

        static Session readFrom(DataInput source) throws IOException {
            Session session = new Session(readAbove(0, "boot", source));
            session.oldestPending = readAbove(-1, "oldest pending sequence", source);
            long sequence = session.oldestPending - 1;
            for (int left = readCount(source); left > 0; left--) {
                sequence = readAbove(sequence, "sequence", source);
                session.applied.add(sequence);
            }
            return session;
        }
    }
}
