package io.omnipaxos.log;

import io.omnipaxos.cluster.ClusterConfiguration;

/**
 * Ends a configuration: the last entry that its members decide. What follows in the log is decided by the members of the
 * next one.
 *
 * @param next the configuration that begins after this entry
 * @param firstLeader the node that stands first in the next configuration, so that nobody waits for an election; 0 if
 *     the members elect as after a start
 */
public record StopSign(ClusterConfiguration next, long firstLeader) implements LogEntry {

    private static final int FRAME_BYTES = 200;
    /** The pid, and the name of its storage. */
    private static final int NODE_BYTES = 64;

    private static final int ADDRESS_BYTES = 32;

    @Override
    public int size() {
        int bytes = FRAME_BYTES + NODE_BYTES * next.nodes().size();
        for (String address : next.addresses().values()) {
            // At most three bytes for each character in UTF-8.
            bytes += ADDRESS_BYTES + 3 * address.length();
        }
        return bytes;
    }
}
