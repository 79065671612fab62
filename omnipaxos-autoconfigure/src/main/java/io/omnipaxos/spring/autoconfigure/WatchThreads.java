package io.omnipaxos.spring.autoconfigure;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** As many threads as listeners of maps are being told something at once: a slow one holds up no other. */
final class WatchThreads {

    private WatchThreads() {}

    static ExecutorService of(long pid) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("omnipaxos-" + pid + "-watch-");
        threads.setDaemon(true);
        return Executors.newCachedThreadPool(threads);
    }
}
