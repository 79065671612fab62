package io.omnipaxos.simulation;

import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process: it ends, or stands still while time passes. A thread of it that waits for the disk is ahead of the time of
 * everybody else, so that what it does afterwards happens later, or not at all.
 */
final class SimulatedHost implements SimulatedProcess {

    private final long pid;
    private final Timeline timeline;
    private final SimulatedClock clock;
    private final Consumer<@Nullable Lease> leases;
    private final List<Runnable> held = new ArrayList<>();
    private @Nullable SimulatedThread running;
    private boolean dead;
    private boolean paused;

    /** @param leases told of each lease in the moment in which it counts */
    SimulatedHost(long pid, Timeline timeline, SimulatedClock clock, Consumer<@Nullable Lease> leases) {
        this.pid = pid;
        this.timeline = timeline;
        this.clock = clock;
        this.leases = leases;
    }

    /** True time as far as the running thread has come. */
    long localTime() {
        SimulatedThread present = running;
        return present == null ? timeline.now() : Math.max(timeline.now(), present.busyUntil());
    }

    /** True time, at which other processes are. */
    long trueTime() {
        return timeline.now();
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Duration reachedTime() {
        return Duration.ofNanos(localTime());
    }

    @Override
    public void spend(Duration time) {
        spend(time.toNanos());
    }

    @Override
    public void after(Duration time, Runnable action) {
        after(time.toNanos(), action);
    }

    /** The running thread waits, for the disk that is. */
    void spend(long trueNanos) {
        SimulatedThread present = running;
        if (present != null) {
            present.spend(trueNanos);
        }
    }

    /** Does something at a time, later if the process stands still then, never if it has ended. */
    void at(long trueTime, Runnable action) {
        timeline.at(trueTime, () -> now(action));
    }

    /** Does something now, later if the process stands still, never if it has ended. */
    void now(Runnable action) {
        if (paused) {
            held.add(action);
        } else if (!dead) {
            action.run();
        }
    }

    /** Does something at the time that the running thread has reached. */
    void whenReached(Runnable action) {
        long reached = localTime();
        if (reached > timeline.now()) {
            at(reached, action);
        } else {
            action.run();
        }
    }

    /** Does something once this machine's clock shows that so much time has passed. */
    void after(long nanos, Runnable action) {
        at(localTime() + clock.trueNanos(nanos), action);
    }

    void kill() {
        dead = true;
        paused = false;
        held.clear();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        List<Runnable> late = List.copyOf(held);
        held.clear();
        late.forEach(action -> at(timeline.now(), action));
    }

    boolean isPaused() {
        return paused;
    }

    @Override
    public boolean isDead() {
        return dead;
    }

    /** Runs a task of a thread to its end. */
    void run(SimulatedThread thread, Runnable task) {
        SimulatedThread before = running;
        running = thread;
        try {
            task.run();
        } finally {
            running = before;
        }
    }

    @Override
    public ClockReading now() {
        SimulatedThread present = running;
        // The loop may see what another thread hands it before that thread's time has come, and must not learn the
        // future.
        boolean ownTime = present == null || present.isLoop();
        return clock.at(ownTime ? localTime() : timeline.now());
    }

    @Override
    public ScheduledExecutorService thread(String name) {
        return new SimulatedThread(this, name.endsWith("loop"));
    }

    @Override
    public ExecutorService threads(String name) {
        return new SimulatedThreads(this);
    }

    @Override
    public void published(@Nullable Lease lease) {
        whenReached(() -> leases.accept(lease));
    }
}
