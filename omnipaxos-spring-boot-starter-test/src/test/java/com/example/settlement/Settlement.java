package com.example.settlement;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Settles one number after the other, and remembers the last one where the next leader finds it. */
@Component
class Settlement {

    private final Leadership leadership;
    private final ReplicatedMap<Long> progress;
    private volatile boolean ready;

    Settlement(Leadership leadership, ReplicatedMaps maps) {
        this.leadership = leadership;
        this.progress = maps.get("settlement", Long.class);
    }

    @LeaderOnly
    @Scheduled(fixedDelayString = "${settlement.interval:1s}")
    void settle() {
        progress.put("last", last() + 1);
        progress.put("token", leadership.fencingToken());
    }

    long last() {
        return progress.get("last").orElse(0L);
    }

    boolean isReady() {
        return ready;
    }

    @OnLeaderElected
    void warmUp(Tenure tenure) {
        ready = true;
    }

    @OnLeaderRevoked
    void coolDown() {
        ready = false;
    }
}
