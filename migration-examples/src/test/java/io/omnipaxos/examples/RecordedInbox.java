package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the polls, and can be waited for. */
final class RecordedInbox implements Inbox {

    private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
    private final AtomicInteger polls = new AtomicInteger();

    @Override
    public void open() {
        states.add("open");
    }

    @Override
    public void poll() {
        polls.incrementAndGet();
    }

    @Override
    public void close() {
        states.add("closed");
    }

    int polls() {
        return polls.get();
    }

    /** For pollers that note a moment after opening that they may poll. */
    void pollsAtLast(Runnable poll) {
        await().untilAsserted(() -> {
            poll.run();
            assertThat(polls).hasPositiveValue();
        });
    }

    void awaitState(String expected) throws InterruptedException {
        assertThat(states.poll(30, TimeUnit.SECONDS)).isEqualTo(expected);
    }
}
