package io.omnipaxos.spring.transport;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What the tests of this package run with. */
final class StressSettings {

    static final HttpTransportSettings ONE = new HttpTransportSettings(
            "stress",
            1,
            "/omnipaxos",
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            1 << 16,
            PeerSecurity.NONE,
            true);

    /** Ends a wait that nobody else ends; so long that no other takes as much. */
    private static final long FOR_EVER = TimeUnit.SECONDS.toNanos(10);

    private StressSettings() {}

    /** Waits for a message, and says whether that ended before its time was over. */
    static boolean isWoken(OutboundQueue queue, BooleanSupplier ended) {
        long since = System.nanoTime();
        try {
            queue.awaitMessage(FOR_EVER, ended);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
        return System.nanoTime() - since < FOR_EVER;
    }
}
