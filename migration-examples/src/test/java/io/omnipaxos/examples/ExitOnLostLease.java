package io.omnipaxos.examples;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.util.function.IntConsumer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
class ExitOnLostLease {

    private final IntConsumer exit;

    ExitOnLostLease() {
        this(Runtime.getRuntime()::halt);
    }

    ExitOnLostLease(IntConsumer exit) {
        this.exit = exit;
    }

    /** In a planned change the lease is still held while this is called. */
    @OnLeaderRevoked
    @Order(Ordered.HIGHEST_PRECEDENCE)
    void revoked(Leadership leadership, Tenure tenure) {
        if (!leadership.holdsLease(tenure.fencingToken())) {
            exit.accept(1);
        }
    }
}
