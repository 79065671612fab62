package io.omnipaxos.simulation;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A thread of a simulated process: one task after the other, each no sooner than the one before has ended. */
final class SimulatedThread extends AbstractExecutorService implements ScheduledExecutorService {

    private final SimulatedHost host;
    private final Queue<Task> tasks = new ArrayDeque<>();
    private final boolean loop;
    private boolean awake;
    private boolean shutdown;
    private long busyUntil;

    /** Something to do, not before the time at which another thread asked for it. */
    private record Task(long notBefore, Runnable action) {}

    /** @param loop whether it is the one that owns the storage, whose readings of the clock only it uses */
    SimulatedThread(SimulatedHost host, boolean loop) {
        this.host = host;
        this.loop = loop;
    }

    boolean isLoop() {
        return loop;
    }

    /** True time up to which this thread has come. */
    long busyUntil() {
        return busyUntil;
    }

    void spend(long trueNanos) {
        busyUntil = host.localTime() + trueNanos;
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            throw new RejectedExecutionException("this thread was shut down");
        }
        tasks.add(new Task(host.localTime(), task));
        wake();
    }

    private void wake() {
        Task next = tasks.peek();
        if (!awake && next != null) {
            awake = true;
            host.at(Math.max(next.notBefore(), busyUntil), () -> {
                awake = false;
                runNext();
                wake();
            });
        }
    }

    private void runNext() {
        Task task = tasks.poll();
        if (task != null) {
            host.run(this, task.action());
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Delay scheduled = new Delay();
        host.after(
                unit.toNanos(delay),
                () -> executeUnless(scheduled, () -> {
                    scheduled.complete(null);
                    task.run();
                }));
        return scheduled;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
        Delay scheduled = new Delay();
        repeat(scheduled, task, unit.toNanos(initial), unit.toNanos(delay));
        return scheduled;
    }

    private void repeat(Delay scheduled, Runnable task, long firstNanos, long delayNanos) {
        host.after(
                firstNanos,
                () -> executeUnless(scheduled, () -> {
                    task.run();
                    repeat(scheduled, task, delayNanos, delayNanos);
                }));
    }

    private void executeUnless(Delay scheduled, Runnable task) {
        if (!scheduled.isDone() && !shutdown) {
            execute(() -> {
                if (!scheduled.isDone()) {
                    task.run();
                }
            });
        }
    }

    /** Whether the task was run, or is to be run no more. */
    private static final class Delay extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException("nobody asks a simulated thread when it does something");
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException("simulated threads need no order of delays");
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("a node schedules no callables");
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initial, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("a node schedules nothing at a fixed rate");
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = tasks.stream().map(Task::action).toList();
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && tasks.isEmpty();
    }

    /** Does everything that is left, at once. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        while (!tasks.isEmpty()) {
            runNext();
        }
        return shutdown;
    }
}
