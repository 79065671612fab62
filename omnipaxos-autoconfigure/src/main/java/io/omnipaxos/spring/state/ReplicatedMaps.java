package io.omnipaxos.spring.state;

import java.time.Duration;
import org.springframework.util.Assert;

/** Makes the maps of the application. Safe for use by any thread. */
public final class ReplicatedMaps {

    private final ReplicatedLog log;
    private final MapStateMachine machine;
    private final Duration timeout;

    /**
     * Makes maps on a log.
     *
     * @param log where writes go
     * @param machine what applies them, the one of the same node
     * @param timeout how long a blocking call waits at most
     */
    public ReplicatedMaps(ReplicatedLog log, MapStateMachine machine, Duration timeout) {
        this.log = log;
        this.machine = machine;
        this.timeout = timeout;
    }

    /**
     * A map of text values. Asked again for the same name, on any node, it answers with the same content.
     *
     * @param name of the map, not empty
     */
    public ReplicatedMap<String> get(String name) {
        Assert.hasText(name, "a map needs a name");
        return new TextMap(name, log, machine, timeout);
    }
}
