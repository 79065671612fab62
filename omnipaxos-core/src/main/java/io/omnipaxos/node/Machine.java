package io.omnipaxos.node;

import io.omnipaxos.effect.ClockReading;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The real machine. */
final class Machine implements Host {

    private final long origin = System.nanoTime();

    @Override
    public ClockReading now() {
        return new ClockReading(System.nanoTime() - origin, System.currentTimeMillis());
    }

    @Override
    public ScheduledExecutorService thread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, named(name));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    @Override
    public ExecutorService threads(String name) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), named(name));
        // An answer that comes after the end is given all the same: somebody waits for it.
        threads.setRejectedExecutionHandler((answer, stopped) -> answer.run());
        return threads;
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
