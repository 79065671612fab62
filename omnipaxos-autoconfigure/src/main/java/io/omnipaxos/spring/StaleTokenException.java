package io.omnipaxos.spring;

/**
 * A write was refused, because its resource has been written with a newer fencing token: the leadership that the write
 * belongs to is over, and another one has begun to work. Nothing was written.
 */
public class StaleTokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String resource;
    private final long token;
    private final long newestToken;

    /**
     * Names both tokens in its message.
     *
     * @param resource what was to be written
     * @param token that of the refused write
     * @param newestToken the highest that the resource has seen
     */
    public StaleTokenException(String resource, long token, long newestToken) {
        super("'" + resource + "' refused a write with fencing token " + token + ", as it has seen token " + newestToken
                + ": the leadership of this write is over, and nothing was written");
        this.resource = resource;
        this.token = token;
        this.newestToken = newestToken;
    }

    /** What was to be written. */
    public String resource() {
        return resource;
    }

    /** The token of the refused write. */
    public long token() {
        return token;
    }

    /** The highest token that the resource has seen. */
    public long newestToken() {
        return newestToken;
    }
}
