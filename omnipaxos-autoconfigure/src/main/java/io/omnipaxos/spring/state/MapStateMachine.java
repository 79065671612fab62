package io.omnipaxos.spring.state;

import io.omnipaxos.log.Command;
import io.omnipaxos.statemachine.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

    private final LongAdder malformed = new LongAdder();
    private volatile @Nullable Thread applyThread;

    // guarded by this
    private final List<Watch<?>> watches = new ArrayList<>();
    private MapContents contents = new MapContents();
    private long appliedIndex;

    @Override
    public byte[] apply(long index, Command command) {
        applyThread = Thread.currentThread();
        MapResult result = apply(index, understood(index, command));
        return result == null ? NO_ANSWER : MapCodec.encode(result);
    }

    private @Nullable MapCommand understood(long index, Command command) {
        try {
            return MapCodec.command(command.payload()).orElse(null);
        } catch (JacksonException | IllegalArgumentException failure) {
            malformed.increment();
            LOGGER.warn("Passed over {} at index {}: {}", command, index, failure.getMessage());
            return null;
        }
    }

    private synchronized @Nullable MapResult apply(long index, @Nullable MapCommand command) {
        if (index <= appliedIndex) {
            throw new IllegalStateException("the command at index " + index + " comes after the one at " + appliedIndex
                    + ": before a log is handed over anew, the maps must be reset or restored");
        }
        appliedIndex = index;
        if (command == null) {
            return null;
        }
        MapResult result = contents.apply(command);
        if (result.outcome() == MapResult.Outcome.APPLIED) {
            RawChange change = new RawChange(command.key(), result.previous(), command.value(), index);
            watches.forEach(watch -> watch.changed(command.map(), change));
        }
        return result;
    }

    @Override
    public synchronized Snapshot snapshot() {
        return new MapSnapshot(appliedIndex, contents.copy());
    }

    /**
     * Replaces all maps. Watches are told what differs, with the index of the last command in the snapshot. No bytes at
     * all mean empty maps.
     */
    @Override
    public void restore(InputStream source) throws IOException {
        replaceBy(MapSnapshot.readFrom(source));
    }

    /**
     * Empties all maps, for a node that is started again and hands over its log from the beginning or after a snapshot.
     * Watches are told so, with the index 0.
     */
    public void reset() {
        replaceBy(new MapSnapshot(0, new MapContents()));
    }

    private synchronized void replaceBy(MapSnapshot snapshot) {
        watches.forEach(watch -> watch.replaced(contents, snapshot.contents(), snapshot.index()));
        contents = snapshot.contents();
        appliedIndex = snapshot.index();
    }

    /** What is applied here now, perhaps less than what is decided. */
    synchronized Optional<byte[]> read(String map, String key) {
        return Optional.ofNullable(contents.of(map).get(key));
    }

    /** A whole map as it is applied here now, perhaps less than what is decided. */
    synchronized Content read(String map) {
        return new Content(appliedIndex, new TreeMap<>(contents.of(map)));
    }

    /** One map, as it was after the command at the index. */
    record Content(long index, SortedMap<String, byte[]> entries) {}

    /** Tells the watch what is there, and from then on what changes. */
    synchronized void begin(Watch<?> watch) {
        watches.add(watch);
        watch.begin(appliedIndex, contents);
    }

    synchronized void end(Watch<?> watch) {
        watches.remove(watch);
    }

    synchronized void endWatches() {
        watches.forEach(Watch::end);
        watches.clear();
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
