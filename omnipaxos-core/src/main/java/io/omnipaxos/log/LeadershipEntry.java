package io.omnipaxos.log;

import io.omnipaxos.cluster.Ballot;

/**
 * Appended by each new leader as its first own entry. When it is decided and applied, its index is the fencing token
 * of this leadership.
 *
 * @param ballot the ballot that the leader holds
 */
public record LeadershipEntry(Ballot ballot) implements LogEntry {

    @Override
    public int size() {
        return 160;
    }
}
