package io.omnipaxos.examples;

import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.Lifecycle;
import org.springframework.stereotype.Component;

@Component
class OrdersOnLeader {

    private final Lifecycle orders;

    /** The container or endpoint, which does not start by itself. */
    OrdersOnLeader(@Qualifier("orders") Lifecycle orders) {
        this.orders = orders;
    }

    @OnLeaderElected
    void start() {
        orders.start();
    }

    @OnLeaderRevoked
    void stop() {
        orders.stop();
    }
}
