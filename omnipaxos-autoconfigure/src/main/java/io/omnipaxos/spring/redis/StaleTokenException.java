package io.omnipaxos.spring.redis;

/** A write was refused because a newer leader has written to the same resource: nothing was written. */
public class StaleTokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String resource;
    private final long token;
    private final long newestToken;

    /**
     * @param resource what was to be written to
     * @param token the one that the write carried
     * @param newestToken the newest one seen by the resource
     */
    public StaleTokenException(String resource, long token, long newestToken) {
        super("the write to '" + resource + "' carries the fencing token " + token
                + ", but a newer leader with the token " + newestToken + " has been there since; nothing was written");
        this.resource = resource;
        this.token = token;
        this.newestToken = newestToken;
    }

    public String resource() {
        return resource;
    }

    public long token() {
        return token;
    }

    public long newestToken() {
        return newestToken;
    }
}
