package io.omnipaxos.spring.state;

import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;

/**
 * A small linearizable map, the same on every node, which survives the loss of any node: for the progress of a leader,
 * not for the application's data. Safe for use by any thread, on any node.
 *
 * <p>Calls wait for the cluster, at most for its append timeout, and throw
 * {@link io.omnipaxos.node.AppendException}, whose outcome says whether the write may have happened all the same. What
 * applies the log must not wait for it: there the blocking calls throw {@link IllegalStateException}. Each has a twin
 * that answers with a future, which is completed by a thread that what follows may block.
 *
 * <p>Within leader-only work writes carry the work's fencing token and are refused once a newer leadership began.
 *
 * <p>A write that is too large, or for which the map has no room, ends in a {@link MapLimitException}. A value that
 * cannot be read ends in an {@link UndecodableValueException} where it is asked for, and nowhere else.
 *
 * @param <V> the type of the values; keys are text
 */
public interface ReplicatedMap<V> {

    /** The name under which the map is known on every node. */
    String name();

    /** Reads the value: what was acknowledged anywhere before this call is seen. */
    Optional<V> get(String key);

    /** As {@link #get}, without waiting. */
    CompletableFuture<Optional<V>> getAsync(String key);

    /** Reads all keys, as {@link #get} reads one value. A copy that does not change. */
    SortedSet<String> keys();

    /** As {@link #keys}, without waiting. */
    CompletableFuture<SortedSet<String>> keysAsync();

    /** Reads the whole map at one moment, as {@link #get} reads one value. */
    MapEntries<V> entries();

    /** As {@link #entries}, without waiting. */
    CompletableFuture<MapEntries<V>> entriesAsync();

    /** Writes the value, whatever was there. */
    MapWrite<V> put(String key, V value);

    /** As {@link #put}, without waiting. */
    CompletableFuture<MapWrite<V>> putAsync(String key, V value);

    /** Writes the value if there is none. */
    MapWrite<V> putIfAbsent(String key, V value);

    /** As {@link #putIfAbsent}, without waiting. */
    CompletableFuture<MapWrite<V>> putIfAbsentAsync(String key, V value);

    /**
     * Writes the value if the expected one is there: compare and set.
     *
     * @param expected the value that must be there, by {@code equals} or in the form in which it would be written. While
     *     releases that write a value differently work side by side, an equal value may now and then not be taken for
     *     equal: then the write is not applied, and {@link MapWrite#previous} equals the expected value
     */
    MapWrite<V> replace(String key, V expected, V value);

    /** As {@link #replace}, without waiting. */
    CompletableFuture<MapWrite<V>> replaceAsync(String key, V expected, V value);

    /** Removes the value, if there is one. */
    MapWrite<V> remove(String key);

    /** As {@link #remove(String)}, without waiting. */
    CompletableFuture<MapWrite<V>> removeAsync(String key);

    /** Removes the value if it is the expected one, in the sense of {@link #replace}. */
    MapWrite<V> remove(String key, V expected);

    /** As {@link #remove(String, Object)}, without waiting. */
    CompletableFuture<MapWrite<V>> removeAsync(String key, V expected);

    /**
     * Tells a listener what is there now on this node, and every change from then on. Also before the node has started.
     *
     * <p>No change is missed. Changes of one key are told as one, from the oldest value to the newest, where this node
     * takes over a snapshot, and where a slow listener is more than 4 MB of changes behind. A write of what was
     * there already is no change. A node that is started again in the same application builds its maps anew from the
     * log: the listener is told the way back, with the index 0 or that of a snapshot, and then the changes once more.
     *
     * @return ends the watch when closed; it ends with the application, too
     */
    MapWatch watch(MapListener<V> listener);

    /** As {@link #watch(MapListener)}, for one key alone. */
    MapWatch watch(String key, MapListener<V> listener);
}
