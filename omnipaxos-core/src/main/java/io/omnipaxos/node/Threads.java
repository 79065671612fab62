package io.omnipaxos.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of a node: one each for the loop, for applying, for callbacks, and some for answers. */
final class Threads {

    private Threads() {}

    /** As many threads as answers are being given at once: what the application does with one holds up no other. */
    static ExecutorService answers(long pid) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), named(pid, "answers"));
        // An answer that comes after the end is given all the same: somebody waits for it.
        threads.setRejectedExecutionHandler((answer, stopped) -> answer.run());
        return threads;
    }

    static ScheduledThreadPoolExecutor single(long pid, String role) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, named(pid, role));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private static ThreadFactory named(long pid, String role) {
        return work -> {
            Thread thread = new Thread(work, "omnipaxos-" + pid + "-" + role);
            thread.setDaemon(true);
            return thread;
        };
    }
}
