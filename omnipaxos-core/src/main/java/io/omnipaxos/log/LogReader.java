package io.omnipaxos.log;

import java.util.List;

/**
 * A read-only view of what is stored: the entries after the compacted index, and snapshots of what came before. What was
 * written and not cut off since is read back exactly.
 */
public interface LogReader {

    /**
     * Reads entries in order, as many as fit.
     *
     * @param from the index of the first entry wanted, above the compacted index
     * @param to the index of the last entry wanted, at least {@code from} and at most the last stored index
     * @param maxBytes ends the answer before the entry that would exceed it; the first entry is always there
     * @return at least one entry, the first of index {@code from}, without gaps
     * @throws IndexOutOfBoundsException if the range is not stored; never a shorter answer instead
     */
    List<LogEntry> read(long from, long to, long maxBytes);

    /**
     * The snapshots that are stored, in ascending order of their indexes. Those from the compacted index on are always
     * there. May be called by any thread.
     */
    List<SnapshotInfo> snapshots();

    /**
     * Reads a part of a snapshot. May be called by any thread.
     *
     * @param index of a stored snapshot
     * @param offset from which byte on, at least 0 and less than its length
     * @param maxBytes how many bytes at most, positive
     * @return at least one byte
     * @throws IndexOutOfBoundsException if there is no such snapshot, or it is shorter
     */
    byte[] readSnapshot(long index, long offset, int maxBytes);
}
