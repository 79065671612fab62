package io.omnipaxos.spring.state;

/**
 * The value of one key cannot be read, for example as a later release wrote it or as its type has changed. The value
 * stays as it is, also in snapshots; all other keys go on working. A release that knows its form can read it;
 * {@code put} and {@code remove} need not read it.
 */
public class UndecodableValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String map;
    private final String key;

    /**
     * Names the value.
     *
     * @param map the map's name
     * @param cause why the codec cannot read it
     */
    public UndecodableValueException(String map, String key, Throwable cause) {
        super(
                "the value of key '" + key + "' in map '" + map + "' cannot be read: " + firstLine(cause)
                        + "; it is kept as it is: read it with a release that knows its form, write it anew or remove it",
                cause);
        this.map = map;
        this.key = key;
    }

    public String map() {
        return map;
    }

    public String key() {
        return key;
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
