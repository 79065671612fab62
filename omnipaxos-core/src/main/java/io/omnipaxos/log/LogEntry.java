package io.omnipaxos.log;

/** One slot of the replicated log. Entries are numbered from 1; an index names the entry and all before it. */
public sealed interface LogEntry permits Command, LeadershipEntry {

    /** How many bytes the entry takes, within a few; what bounds of messages and buffers are counted in. */
    int size();
}
