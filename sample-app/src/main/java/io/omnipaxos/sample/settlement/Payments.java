package io.omnipaxos.sample.settlement;

import io.omnipaxos.spring.redis.FencedRedisOperations;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Pays in Redis, where one is configured: one field of a hash for each settlement. A leader that was deposed is refused by
 * Redis once its successor has paid, and to pay a number again changes nothing.
 */
@Component
class Payments {

    private static final String RESOURCE = "settlements";

    private final ObjectProvider<FencedRedisOperations> fenced;

    Payments(ObjectProvider<FencedRedisOperations> fenced) {
        this.fenced = fenced;
    }

    /**
     * Pays, with the token of the running work.
     *
     * @throws io.omnipaxos.spring.StaleTokenException if a newer leader has paid
     * @throws org.springframework.dao.DataAccessException if Redis failed; it may be paid or not
     */
    void pay(long number, long pid) {
        fenced.ifAvailable(
                redis -> redis.on(RESOURCE).hashPut(RESOURCE, String.valueOf(number), "paid by node " + pid));
    }
}
