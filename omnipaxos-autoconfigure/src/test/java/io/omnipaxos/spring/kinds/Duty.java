package io.omnipaxos.spring.kinds;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A bean with a guard and callbacks. Writes down what it is told, and on which kind of thread. */
class Duty {

    private final Leadership leadership;
    private final Told told;

    Duty(Leadership leadership, Told told) {
        this.leadership = leadership;
        this.told = told;
    }

    @LeaderOnly
    public long token() {
        return leadership.fencingToken();
    }

    @OnLeaderElected
    void elected(Tenure tenure) {
        told.add("elected " + tenure.fencingToken());
    }

    @OnLeaderRevoked
    void revoked(Tenure tenure) {
        told.add("revoked " + tenure.fencingToken());
    }

    /** A bean of its own, so that looking at it makes no other bean. */
    static final class Told {

        private final Queue<String> words = new ConcurrentLinkedQueue<>();

        void add(String word) {
            words.add(word);
        }

        Queue<String> words() {
            return words;
        }
    }
}
