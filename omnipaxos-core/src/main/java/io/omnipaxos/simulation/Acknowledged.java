package io.omnipaxos.simulation;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.storage.StorageRules;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the storage of one machine must still have when it is opened anew: all of which the node was told. */
final class Acknowledged {

    private DurableState state = DurableState.EMPTY;
    /** What was written since, in order. */
    private final Deque<DurableState> underWay = new ArrayDeque<>();

    /** A node writes a batch. */
    void begin(WriteBatch batch) {
        DurableState before = underWay.isEmpty() ? state : underWay.getLast();
        underWay.add(StorageRules.after(before, batch));
    }

    /** The node was told that the next batch is written. */
    void done() {
        state = underWay.remove();
    }

    /** The disk is another one. */
    void forget() {
        state = DurableState.EMPTY;
        underWay.clear();
    }

    /**
     * The storage was opened anew.
     *
     * @throws Violation if it has less than a node was told, or something else than was written
     */
    void found(long pid, DurableState found) {
        if (!found.equals(state) && !underWay.contains(found)) {
            throw new Violation("node " + pid + " was told that " + state + " is durable, and finds " + found
                    + "; since then it wrote " + underWay);
        }
        state = found;
        underWay.clear();
    }
}
