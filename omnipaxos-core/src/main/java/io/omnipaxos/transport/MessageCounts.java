package io.omnipaxos.transport;

/**
 * How many messages went which way since the transport was started.
 *
 * @param sent left with a request that was answered, or with an answer
 * @param received handed over and taken
 * @param dropped lost here: no room, a request that failed, a receiver that does not run, unknown kinds
 */
public record MessageCounts(long sent, long received, long dropped) {

    /** Nothing was counted. */
    public static final MessageCounts NONE = new MessageCounts(0, 0, 0);
}
