package io.omnipaxos.statemachine;

import io.omnipaxos.log.Command;
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

    private final Map<Long, Session> sessions = new TreeMap<>();

    /**
     * Notes a command.
     *
     * @return whether it is to be applied: false for a repetition, and for what an earlier boot of its node proposed
     *     once a later boot was heard
     */
    public boolean isFirst(Command command) {
        long boot = command.id().boot();
        Session session = sessions.get(command.id().pid());
        if (session == null || session.boot < boot) {
            session = new Session(boot);
            sessions.put(command.id().pid(), session);
        }
        return session.boot == boot && session.isFirst(command.id().sequence(), command.oldestPending());
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
    }
}
