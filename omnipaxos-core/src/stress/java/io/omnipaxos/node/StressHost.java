package io.omnipaxos.node;

import io.omnipaxos.effect.ClockReading;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A host without threads of its own: what they would do is done by the two threads of a test, so that those meet as often
 * as can be. Its clock stands still until it is set.
 */
final class StressHost implements Host {

    private volatile long nanos;

    void setTo(long laterNanos) {
        nanos = laterNanos;
    }

    @Override
    public ClockReading now() {
        return new ClockReading(nanos, nanos / 1_000_000);
    }

    @Override
    public ScheduledExecutorService thread(String name) {
        return new CallersThread();
    }

    @Override
    public ExecutorService threads(String name) {
        return new CallersThread() {
            @Override
            public void execute(Runnable task) {
                task.run();
            }
        };
    }
}
