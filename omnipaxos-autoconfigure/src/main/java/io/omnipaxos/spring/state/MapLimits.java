package io.omnipaxos.spring.state;

/**
 * How much goes into the maps.
 *
 * <p>Sizes of single keys and values are checked before a write is proposed. Whether a map has room is known only where
 * the write has its place in the log, and must be decided there in the same way on every node: so each command carries
 * these bounds with it, those of the node that proposed it. Nodes with different settings, as during a change of them,
 * therefore never differ in what they hold.
 *
 * @param maxKeyBytes of one key, and of the name of a map, in UTF-8; positive
 * @param maxValueBytes of one value as the codec writes it; positive
 * @param maxEntries in one map; positive
 * @param maxBytes of all keys and values in one map; positive
 */
public record MapLimits(int maxKeyBytes, int maxValueBytes, int maxEntries, long maxBytes) {

    public MapLimits {
        if (maxKeyBytes < 1 || maxValueBytes < 1 || maxEntries < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("limits are positive");
        }
    }
}
