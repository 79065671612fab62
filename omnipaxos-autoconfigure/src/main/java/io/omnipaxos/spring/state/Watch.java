package io.omnipaxos.spring.state;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener. The state machine only puts changes down here; they are read and told by a thread that this
 * listener has for itself as long as there is something to tell.
 */
final class Watch<V> implements MapWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(Watch.class);

    private static final long MUCH_BYTES = 4 << 20;

    private final String map;
    private final @Nullable String key;
    private final MapValues<V> values;
    private final MapListener<V> listener;
    private final Executor threads;
    private final Consumer<Watch<V>> closed;

    private final PendingChanges pending = new PendingChanges(MUCH_BYTES);
    private @Nullable Present present;
    private boolean telling;
    private boolean over;

    private record Present(long index, SortedMap<String, byte[]> entries) {}

    /**
     * A watch that has not begun.
     *
     * @param key the only one to tell of, null for all
     * @param closed told when the watch is closed, perhaps more than once
     */
    Watch(
            String map,
            @Nullable String key,
            MapValues<V> values,
            MapListener<V> listener,
            Executor threads,
            Consumer<Watch<V>> closed) {
        this.map = map;
        this.key = key;
        this.values = values;
        this.listener = listener;
        this.threads = threads;
        this.closed = closed;
    }

    // called by the state machine, in log order

    void begin(long index, MapContents contents) {
        SortedMap<String, byte[]> entries = new TreeMap<>(contents.of(map));
        entries.keySet().removeIf(other -> !covers(other));
        synchronized (this) {
            present = new Present(index, entries);
            tellSoon();
        }
    }

    void changed(String changedMap, RawChange change) {
        if (changedMap.equals(map) && covers(change.key()) && !change.isNone()) {
            add(change);
        }
    }

    /** Everything was replaced: what differs has changed. */
    void replaced(MapContents before, MapContents after, long index) {
        SortedMap<String, byte[]> old = before.of(map);
        SortedMap<String, byte[]> next = after.of(map);
        TreeSet<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(next.keySet());
        for (String each : keys) {
            changed(map, new RawChange(each, old.get(each), next.get(each), index));
        }
    }

    private boolean covers(String other) {
        return key == null || key.equals(other);
    }

    private synchronized void add(RawChange change) {
        if (!over) {
            pending.add(change);
            tellSoon();
        }
    }

    private synchronized void tellSoon() {
        if (telling || over) {
            return;
        }
        telling = true;
        try {
            threads.execute(this::tellAll);
        } catch (RejectedExecutionException shutDown) {
            end();
        }
    }

    // on a thread for this listener

    private void tellAll() {
        Runnable next = next();
        while (next != null) {
            try {
                next.run();
            } catch (RuntimeException | Error failure) {
                LOGGER.error("A listener of map '{}' failed; it is told the next change all the same", map, failure);
            }
            next = next();
        }
    }

    private synchronized @Nullable Runnable next() {
        Present first = present;
        if (first != null) {
            present = null;
            return () -> tell(first);
        }
        RawChange change = pending.poll();
        if (change != null) {
            return () -> tell(change);
        }
        telling = false;
        return null;
    }

    private void tell(Present first) {
        MapEntries<V> entries = values.decode(first.index(), first.entries());
        listener.present(entries);
        entries.undecodable().values().forEach(failure -> listener.undecodable(failure, first.index()));
    }

    private void tell(RawChange change) {
        MapValues.Read<V> newValue = values.read(change.key(), change.newValue());
        if (newValue.undecodable() != null) {
            listener.undecodable(newValue.undecodable(), change.index());
            return;
        }
        MapValues.Read<V> oldValue = values.read(change.key(), change.oldValue());
        listener.changed(new MapChange<>(
                change.key(), oldValue.value(), newValue.value(), change.index(), oldValue.undecodable()));
    }

    @Override
    public void close() {
        end();
        closed.accept(this);
    }

    /** Tells nothing more. */
    synchronized void end() {
        over = true;
        present = null;
        pending.clear();
    }
}
