package io.omnipaxos.spring.state;

/**
 * How the values of a map are written, where neither text nor the application's JSON will do. Called by any thread,
 * several at once.
 *
 * <p>What lies in a map outlives the release that wrote it: read what earlier releases wrote, and pass over what a later
 * one may add.
 *
 * @param <V> the type of the values
 */
public interface ValueCodec<V> {

    /**
     * Writes a value.
     *
     * @return the bytes, not changed by anybody afterwards; equal values should give equal bytes
     * @throws RuntimeException if it cannot be written; the caller of the map is told
     */
    byte[] encode(V value);

    /**
     * Reads a value.
     *
     * @param bytes as some release wrote them; must not be changed
     * @return never null
     * @throws RuntimeException if they cannot be read; becomes an {@link UndecodableValueException}
     */
    V decode(byte[] bytes);
}
