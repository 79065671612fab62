package io.omnipaxos.simulation;

import io.omnipaxos.node.Host;
import java.time.Duration;

/** The process that an application runs in: from one start of a node to its end. */
public interface SimulatedProcess extends Host {

    /** The node that runs in it. */
    long pid();

    /** True time from the beginning of the simulation, as far as the running thread of this process has come. */
    Duration reachedTime();

    /** The running thread of this process takes so much true time for what it does; nothing if none of it is running. */
    void spend(Duration time);

    /**
     * Does something once this machine's clock shows that so much time has passed, on no thread of this process. Later if
     * the process stands still then, never if it has ended.
     */
    void after(Duration time, Runnable action);

    /** Whether it was ended. */
    boolean isDead();
}
