package io.omnipaxos.spring.state;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the maps of the application. A map asked for again by its name, on any node, has the same content; whoever asks
 * must name the same type. Safe for use by any thread.
 */
public final class ReplicatedMaps implements AutoCloseable {

    private final MapStateMachine machine;
    private final MapCalls calls;
    private final JsonMapper mapper;
    private final MapLimits limits;
    private final ExecutorService watchThreads;

    /**
     * Makes maps on a log.
     *
     * @param log where writes go
     * @param machine what applies them, the one of the same node
     * @param timeout how long a blocking call waits at most
     * @param mapper for values of other types than text
     * @param limits how much goes into a map
     * @param watchThreads tell listeners, and may be held up by each; shut down with this
     */
    public ReplicatedMaps(
            ReplicatedLog log,
            MapStateMachine machine,
            Duration timeout,
            JsonMapper mapper,
            MapLimits limits,
            ExecutorService watchThreads) {
        this.machine = machine;
        this.calls = new MapCalls(log, machine, timeout);
        this.mapper = mapper;
        this.limits = limits;
        this.watchThreads = watchThreads;
    }

    /**
     * A map of text values.
     *
     * @param name of the map, not empty
     */
    public ReplicatedMap<String> get(String name) {
        return get(name, new TextCodec());
    }

    /**
     * A map of values that are written as JSON; text is written as it is.
     *
     * @param name of the map, not empty
     */
    public <V> ReplicatedMap<V> get(String name, Class<V> type) {
        return get(name, mapper.constructType(type));
    }

    /**
     * A map of values of a generic type, such as lists, that are written as JSON.
     *
     * @param name of the map, not empty
     */
    public <V> ReplicatedMap<V> get(String name, ParameterizedTypeReference<V> type) {
        return get(name, mapper.constructType(type.getType()));
    }

    /**
     * A map of values that are written as the application wants it.
     *
     * @param name of the map, not empty
     */
    public <V> ReplicatedMap<V> get(String name, ValueCodec<V> codec) {
        Assert.hasText(name, "a map needs a name");
        int bytes = Utf8.encode(name).length;
        Assert.isTrue(
                bytes <= limits.maxKeyBytes(),
                () -> "the name of a map has at most " + limits.maxKeyBytes() + " bytes, but '" + name + "' has "
                        + bytes);
        return new TypedMap<>(name, new MapValues<>(name, codec), limits, calls, machine, watchThreads);
    }

    @SuppressWarnings("unchecked")
    private <V> ReplicatedMap<V> get(String name, JavaType type) {
        return type.hasRawClass(String.class) ? (ReplicatedMap<V>) get(name) : get(name, new JsonCodec<>(mapper, type));
    }

    /** Ends all watches; their listeners are interrupted. */
    @Override
    public void close() {
        machine.endWatches();
        watchThreads.shutdownNow();
    }
}
