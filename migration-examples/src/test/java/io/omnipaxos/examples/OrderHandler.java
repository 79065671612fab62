package io.omnipaxos.examples;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.spring.LeaderOnly;
import java.util.function.BiConsumer;
import org.springframework.stereotype.Component;

@Component
class OrderHandler {

    private final Leadership leadership;
    private final BiConsumer<String, Long> store;

    OrderHandler(Leadership leadership, BiConsumer<String, Long> store) {
        this.leadership = leadership;
        this.store = store;
    }

    /** Throws where this node does not lead any more, so that the message is not acknowledged. */
    @LeaderOnly
    void handle(String order) {
        store.accept(order, leadership.fencingToken());
    }
}
