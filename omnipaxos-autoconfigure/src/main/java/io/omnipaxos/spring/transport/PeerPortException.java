package io.omnipaxos.spring.transport;

/** The own port for peers cannot be opened. Its message names the port and what to do. */
public final class PeerPortException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int port;

    PeerPortException(int port, Throwable cause) {
        super(
                "the port " + port + " for peers cannot be opened (" + cause.getMessage()
                        + "); set transport.port to a free port, or stop the process that listens there",
                cause);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
