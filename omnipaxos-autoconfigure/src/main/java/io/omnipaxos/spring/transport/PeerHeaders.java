package io.omnipaxos.spring.transport;

/** The HTTP headers between nodes. */
final class PeerHeaders {

    static final String SENDER = "Omnipaxos-Sender";
    static final String RECEIVER = "Omnipaxos-Receiver";
    static final String LANE = "Omnipaxos-Lane";

    /** Names this start of the sender's transport. */
    static final String BOOT = "Omnipaxos-Boot";

    /** Rises with each request of one boot to one receiver; in an answer, that of the request. */
    static final String COUNTER = "Omnipaxos-Counter";

    /** In a request, the session that the receiver last opened for the sender; in an answer, the one to use. */
    static final String SESSION = "Omnipaxos-Session";

    static final String SIGNATURE = "Omnipaxos-Signature";

    private PeerHeaders() {}
}
