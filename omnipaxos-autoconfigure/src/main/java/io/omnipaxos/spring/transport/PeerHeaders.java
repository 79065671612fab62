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

    /** Where clients reach the sender of the request or answer; not there if it was not told. */
    static final String ADVERTISED_URL = "Omnipaxos-Advertised-Url";

    static final String SIGNATURE = "Omnipaxos-Signature";

    private PeerHeaders() {}
}
