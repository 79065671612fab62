package io.omnipaxos.simulation;

import io.omnipaxos.effect.Lease;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.node.NodeObserver;
import io.omnipaxos.node.OmniPaxosNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What runs beside a node in one process, and starts and ends the node. Does nothing else unless overridden. */
public interface SimulatedApplication {

    /** Nothing but the node. */
    SimulatedApplication NONE = new SimulatedApplication() {};

    /** Makes an application for each start of a process. */
    @FunctionalInterface
    interface Factory {
        SimulatedApplication of(SimulatedProcess process);
    }

    /** Who is told of leadership. */
    default LeadershipListener listener() {
        return LeadershipListener.NONE;
    }

    /** Who is told of what the node does. */
    default List<NodeObserver> observers() {
        return List.of();
    }

    /** Starts the node and lets it stand for election. */
    default void start(OmniPaxosNode node) {
        node.start();
        node.stand();
    }

    /**
     * Told of each lease at the true time from which it counts.
     *
     * @param lease null if there is none
     */
    default void published(@Nullable Lease lease) {}

    /**
     * Begins to end the process in order.
     *
     * @param handedOver to be called once leadership is handed over
     */
    default void stop(OmniPaxosNode node, Runnable handedOver) {
        CompletableFuture<Boolean> unused = node.handOver().whenComplete((given, failure) -> handedOver.run());
    }

    /** Ends the node, after {@link #stop}; the process ends afterwards. */
    default void close(OmniPaxosNode node) {
        node.close();
    }

    /** The process was ended before its time. */
    default void killed() {}
}
