package io.omnipaxos.spring.node;

import org.springframework.context.SmartLifecycle;

/** Starts the node before the web server, so that peers can be answered when its port opens, and closes it last. */
public final class NodeStart implements SmartLifecycle {

    /** Boot starts its web servers in the phase above. */
    public static final int PHASE = Integer.MAX_VALUE - 2048 - 1;

    private final RestartableNode node;
    private volatile boolean running;

    public NodeStart(RestartableNode node) {
        this.node = node;
    }

    @Override
    public void start() {
        node.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        node.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
