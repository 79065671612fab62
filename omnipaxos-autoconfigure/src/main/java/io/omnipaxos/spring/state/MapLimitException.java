package io.omnipaxos.spring.state;

/** A write was refused as it is too large, or its map is full. Nothing was changed. */
public class MapLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is too much. */
    public enum Limit {
        /** The key has too many bytes. The write was not proposed. */
        KEY_SIZE,
        /** The value has too many bytes. The write was not proposed. */
        VALUE_SIZE,
        /** The map has as many entries as it may. */
        ENTRIES,
        /** The keys and values of the map would have too many bytes together. */
        MAP_SIZE
    }

    private final Limit limit;

    public MapLimitException(Limit limit, String message) {
        super(message);
        this.limit = limit;
    }

    public Limit limit() {
        return limit;
    }
}
