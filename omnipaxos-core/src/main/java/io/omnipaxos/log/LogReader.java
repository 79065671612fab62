package io.omnipaxos.log;

import java.util.List;

/** A read-only view of the stored log. What was written and not cut off since is read back exactly. */
public interface LogReader {

    /**
     * Reads entries in order, as many as fit.
     *
     * @param from the index of the first entry wanted, at least 1
     * @param to the index of the last entry wanted, at least {@code from} and at most the last stored index
     * @param maxBytes ends the answer before the entry that would exceed it; the first entry is always there
     * @return at least one entry, the first of index {@code from}, without gaps
     * @throws IndexOutOfBoundsException if the range is not stored; never a shorter answer instead
     */
    List<LogEntry> read(long from, long to, long maxBytes);
}
