package io.omnipaxos.node;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Told of what a node does, for measurements. What an observer throws is logged and changes nothing else; what it waits
 * for, {@link #synced} holds up and the others do not.
 */
public interface NodeObserver {

    /** A batch was made durable. Called on the node's loop: must return at once. */
    default void synced(Duration time) {}

    /**
     * A planned change of leader has begun here: running work is being ended. Called on a thread of its own.
     *
     * @param successor who will be asked to take over, possibly this node itself; 0 if nobody
     * @param over completes when this node leads no more, with whether work and callbacks ended in time; never fails
     */
    default void handover(long successor, String reason, CompletionStage<Boolean> over) {}
}
