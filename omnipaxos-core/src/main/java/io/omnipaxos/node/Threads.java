package io.omnipaxos.node;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

/** The threads of a node: one each for the loop, for applying, for callbacks. They carry the pid in their names. */
final class Threads {

    private Threads() {}

    static ScheduledThreadPoolExecutor single(long pid, String role) {
        ThreadFactory factory = work -> {
            Thread thread = new Thread(work, "omnipaxos-" + pid + "-" + role);
            thread.setDaemon(true);
            return thread;
        };
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }
}
