package io.omnipaxos.node;

import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Lease;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs on: clocks and threads. All time and all concurrency of a node come from here, so that a simulation
 * can run the same node in virtual time.
 */
public interface Host {

    /** This machine, with a monotonic clock that counts from this call. */
    static Host machine() {
        return new Machine();
    }

    /** Both clocks, read now. Any thread. */
    ClockReading now();

    /**
     * One thread, which does one thing after another. The node shuts it down at its end.
     *
     * @param name of the thread
     */
    ScheduledExecutorService thread(String name);

    /**
     * As many threads as there are tasks at once, so that a task that blocks holds up no other. The node shuts them down
     * at its end; a task that comes afterwards is run all the same.
     *
     * @param name of the threads
     */
    ExecutorService threads(String name);

    /**
     * Told of each lease in the moment in which it begins to answer for the node, before anything that rests on it is
     * sent. On the loop's thread; must return at once. Does nothing unless overridden.
     *
     * @param lease null if there is none
     */
    default void published(@Nullable Lease lease) {}
}
