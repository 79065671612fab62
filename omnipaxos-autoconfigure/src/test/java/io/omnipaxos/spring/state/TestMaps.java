package io.omnipaxos.spring.state;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import tools.jackson.databind.json.JsonMapper;

/** Maps as an application has them, without a node. */
final class TestMaps {

    static final MapLimits LIMITS = new MapLimits(100, 1000, 100_000, 10_000_000);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestMaps() {}

    static ReplicatedMaps of(MapStateMachine machine) {
        return of(machine, new ManualThreads());
    }

    static ReplicatedMaps of(MapStateMachine machine, ExecutorService watchThreads) {
        return new ReplicatedMaps(new FakeLog(machine), machine, PATIENCE, JsonMapper.shared(), LIMITS, watchThreads);
    }

    static ReplicatedMaps on(ReplicatedLog log, MapStateMachine machine, MapLimits limits) {
        return new ReplicatedMaps(log, machine, PATIENCE, JsonMapper.shared(), limits, new ManualThreads());
    }

    static ReplicatedMaps on(ReplicatedLog log, MapStateMachine machine, Duration patience) {
        return new ReplicatedMaps(log, machine, patience, JsonMapper.shared(), LIMITS, new ManualThreads());
    }
}
