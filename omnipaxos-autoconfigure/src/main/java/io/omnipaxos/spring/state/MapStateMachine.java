package io.omnipaxos.spring.state;

import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Holds all maps by name, also those that this node has no bean for. One thread applies, any may read.
 *
 * <p>A command that is not for a map is passed over. One that cannot be understood is reported and passed over, too: all
 * nodes see the same bytes and agree on that, whereas a node that stopped there would stop at each start.
 */
public final class MapStateMachine implements StateMachine {

    private static final Logger LOGGER = LoggerFactory.getLogger(MapStateMachine.class);

    private static final byte[] NO_ANSWER = new byte[0];

    private final Map<String, Map<String, String>> maps = new ConcurrentHashMap<>();
    private final LongAdder malformed = new LongAdder();
    private volatile @Nullable Thread applyThread;
    private long appliedIndex;

    @Override
    public byte[] apply(long index, Command command) {
        applyThread = Thread.currentThread();
        if (index <= appliedIndex) {
            // The node was started again and hands over the log from its beginning.
            maps.clear();
        }
        appliedIndex = index;
        try {
            return MapCodec.command(command.payload())
                    .map(this::apply)
                    .map(MapCodec::encode)
                    .orElse(NO_ANSWER);
        } catch (JacksonException | IllegalArgumentException failure) {
            malformed.increment();
            LOGGER.warn("Passed over {} at index {}: {}", command, index, failure.getMessage());
            return NO_ANSWER;
        }
    }

    private MapResult apply(MapCommand command) {
        Map<String, String> map = maps.computeIfAbsent(command.map(), name -> new ConcurrentHashMap<>());
        String previous = map.get(command.key());
        boolean isApplied =
                switch (command.operation()) {
                    case PUT -> true;
                    case PUT_IF_ABSENT -> previous == null;
                    case REPLACE -> previous != null && previous.equals(command.expected());
                    case REMOVE -> previous != null;
                };
        if (isApplied) {
            write(map, command);
        }
        return new MapResult(previous, isApplied);
    }

    private static void write(Map<String, String> map, MapCommand command) {
        if (command.value() == null) {
            map.remove(command.key());
        } else {
            map.put(command.key(), command.value());
        }
    }

    /** What is applied here now, perhaps less than what is decided. */
    Optional<String> read(String map, String key) {
        return Optional.ofNullable(maps.getOrDefault(map, Map.of()).get(key));
    }

    /** Whether the caller is the thread that applies the log, which nothing may wait on. */
    boolean isApplyThread() {
        return Thread.currentThread() == applyThread;
    }

    /** How many commands could not be understood. */
    public long malformed() {
        return malformed.sum();
    }
}
