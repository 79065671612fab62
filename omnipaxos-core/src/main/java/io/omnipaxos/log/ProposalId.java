package io.omnipaxos.log;

import java.util.UUID;

/**
 * Names one proposal of one start of one node, so that its origin recognises it when it is decided.
 *
 * @param pid the node at which the command was proposed, positive
 * @param boot names the start of that node, positive; see {@link #boot(UUID, long)}
 * @param sequence rises with each proposal of that boot, from 1
 */
public record ProposalId(long pid, long boot, long sequence) {

    private static final int COUNTER_BITS = 24;
    private static final int STORAGE_BITS = Long.SIZE - 1 - COUNTER_BITS;

    /**
     * Names a start of a node: rises with each start on the same storage, and tells starts on different storages apart.
     *
     * @param storage names the storage
     * @param bootCounter how often it was started, from 1
     */
    public static long boot(UUID storage, long bootCounter) {
        if (bootCounter < 1 || bootCounter >> COUNTER_BITS != 0) {
            throw new IllegalArgumentException(
                    "a storage is started 1 to " + (1 << COUNTER_BITS) + " times, not " + bootCounter);
        }
        long name = storage.getMostSignificantBits() >>> (Long.SIZE - STORAGE_BITS);
        return name << COUNTER_BITS | bootCounter;
    }

    /** Stands for the storage on which the command was proposed: boots of one storage can be compared, others not. */
    public long storage() {
        return boot >> COUNTER_BITS;
    }
}
