package io.omnipaxos.spring.node;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Stands for election once everything else is up, and hands leadership over before anything else goes down.
 *
 * <p>Not when the application is ready: a runner that waits for leadership would wait for ever.
 */
public final class NodeCandidacy implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NodeCandidacy.class);

    private final RestartableNode node;
    private final boolean participates;
    private volatile boolean running;

    /**
     * Does nothing yet.
     *
     * @param participates whether the node stands at all; otherwise it only votes
     */
    public NodeCandidacy(RestartableNode node, boolean participates) {
        this.node = node;
        this.participates = participates;
    }

    @Override
    public void start() {
        if (participates) {
            node.stand();
        } else {
            LOG.info("This node votes and holds the log, but never leads: omnipaxos.participate is false");
        }
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        CompletableFuture<Boolean> unused = node.handOver().whenComplete((handedOver, failure) -> callback.run());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
