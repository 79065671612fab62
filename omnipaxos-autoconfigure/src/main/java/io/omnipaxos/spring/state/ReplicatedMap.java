package io.omnipaxos.spring.state;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A small linearizable map, the same on every node, which survives the loss of any node: for the progress of a leader,
 * not for the application's data. Safe for use by any thread, on any node.
 *
 * <p>Calls wait for the cluster, at most for its append timeout, and throw
 * {@link io.omnipaxos.node.AppendException}, whose outcome says whether the write may have happened all the same. What
 * applies the log must not wait for it: there the blocking calls throw {@link IllegalStateException}. Each has a twin
 * that answers with a future, which is completed by no thread of the node.
 *
 * <p>Within leader-only work writes carry the work's fencing token and are refused once a newer leadership began.
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

    /** Writes the value, whatever was there. */
    MapWrite<V> put(String key, V value);

    /** As {@link #put}, without waiting. */
    CompletableFuture<MapWrite<V>> putAsync(String key, V value);

    /** Writes the value if there is none. */
    MapWrite<V> putIfAbsent(String key, V value);

    /** As {@link #putIfAbsent}, without waiting. */
    CompletableFuture<MapWrite<V>> putIfAbsentAsync(String key, V value);

    /** Writes the value if the expected one is there: compare and set. */
    MapWrite<V> replace(String key, V expected, V value);

    /** As {@link #replace}, without waiting. */
    CompletableFuture<MapWrite<V>> replaceAsync(String key, V expected, V value);

    /** Removes the value, if there is one. */
    MapWrite<V> remove(String key);

    /** As {@link #remove}, without waiting. */
    CompletableFuture<MapWrite<V>> removeAsync(String key);
}
