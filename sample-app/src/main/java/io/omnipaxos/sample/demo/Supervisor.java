package io.omnipaxos.sample.demo;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Starts the nodes once the page can be reached, and ends them with the demo. */
@Component
class Supervisor implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    /** One node may wait for its leader-only work and callbacks; the three of them end at once. */
    private static final long PATIENCE_SECONDS = 15;

    private static final long PATIENCE_AFTER_KILL_SECONDS = 5;

    private final List<NodeProcess> nodes;
    private volatile boolean running;

    Supervisor(List<NodeProcess> nodes) {
        this.nodes = nodes;
    }

    @Override
    public void start() {
        running = true;
        nodes.forEach(NodeProcess::start);
    }

    @Override
    public void stop() {
        running = false;
        eachAlive(NodeProcess::stop);
        if (!allEndWithin(PATIENCE_SECONDS)) {
            LOG.warn("some nodes do not end and are killed");
            eachAlive(NodeProcess::kill);
            allEndWithin(PATIENCE_AFTER_KILL_SECONDS);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void eachAlive(java.util.function.Consumer<NodeProcess> action) {
        for (NodeProcess node : nodes) {
            try {
                if (node.state() != NodeProcess.State.ENDED) {
                    action.accept(node);
                }
            } catch (IllegalStateException endedMeanwhile) {
                LOG.debug("{}", endedMeanwhile.getMessage());
            }
        }
    }

    private boolean allEndWithin(long seconds) {
        CompletableFuture<?>[] ends = nodes.stream().map(NodeProcess::ended).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(ends)
                .thenApply(ended -> true)
                .completeOnTimeout(false, seconds, TimeUnit.SECONDS)
                .join();
    }
}
