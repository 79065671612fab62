package io.omnipaxos.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** As many threads as there are tasks. */
final class SimulatedThreads extends AbstractExecutorService {

    private final SimulatedHost host;
    private boolean shutdown;

    SimulatedThreads(SimulatedHost host) {
        this.host = host;
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            task.run();
        } else {
            host.at(host.localTime(), task);
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
