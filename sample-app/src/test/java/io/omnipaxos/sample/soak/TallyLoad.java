package io.omnipaxos.sample.soak;

import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import io.omnipaxos.spring.node.RestartableNode;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Appends as fast as the window allows, and tells on standard output how each ended: a letter and the number. A for
 * acknowledged, R for refused, which is surely not in the log, U for unknown.
 */
@Component
class TallyLoad {

    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final RestartableNode node;
    private final long writer;
    private final int window;
    private final int bytes;
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile boolean stopped;

    TallyLoad(
            RestartableNode node,
            @Value("${soak.writer:0}") long writer,
            @Value("${soak.window:64}") int window,
            @Value("${soak.bytes:100}") int bytes) {
        this.node = node;
        this.writer = writer;
        this.window = window;
        this.bytes = bytes;
    }

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        if (writer > 0) {
            for (int i = 0; i < window; i++) {
                LATER.execute(this::next);
            }
        }
    }

    void stop() {
        stopped = true;
    }

    private void next() {
        if (stopped) {
            return;
        }
        int number = numbers.incrementAndGet();
        byte[] payload = new byte[TallyMachine.HEADER_BYTES + bytes];
        ByteBuffer.wrap(payload).putLong(writer).putInt(number);
        CompletableFuture<Committed> unused =
                node.append(payload).whenComplete((committed, failure) -> ended(number, failure));
    }

    private void ended(int number, @Nullable Throwable failure) {
        if (failure == null) {
            say('A', number);
            next();
        } else {
            say(isSurelyNotInTheLog(failure) ? 'R' : 'U', number);
            LATER.execute(this::next);
        }
    }

    private static boolean isSurelyNotInTheLog(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof AppendException refused
                && (refused.outcome() == Outcome.NO_LEADER || refused.outcome() == Outcome.OVERLOADED);
    }

    private static void say(char outcome, int number) {
        System.out.println(outcome + " " + number);
    }
}
