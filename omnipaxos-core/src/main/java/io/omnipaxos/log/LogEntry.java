package io.omnipaxos.log;

/** One slot of the replicated log. Entries are numbered from 1; an index names the entry and all before it. */
public sealed interface LogEntry permits Command, LeadershipEntry, StopSign {

    /** Bytes that the entry takes at most in a message or a file: what their bounds are counted in. */
    int size();
}
