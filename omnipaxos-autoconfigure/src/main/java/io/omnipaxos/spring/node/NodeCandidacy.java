package io.omnipaxos.spring.node;

import java.util.concurrent.CompletableFuture;
import org.springframework.context.SmartLifecycle;

/**
 * Stands for election once everything else is up, and hands leadership over before anything else goes down.
 *
 * <p>Not when the application is ready: a runner that waits for leadership would wait for ever.
 */
public final class NodeCandidacy implements SmartLifecycle {

    private final RestartableNode node;
    private volatile boolean running;

    public NodeCandidacy(RestartableNode node) {
        this.node = node;
    }

    @Override
    public void start() {
        node.stand();
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
