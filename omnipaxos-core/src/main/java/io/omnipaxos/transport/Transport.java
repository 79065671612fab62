package io.omnipaxos.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import java.util.List;
import java.util.Map;

/**
 * Carries messages to peers. May lose, repeat, delay and reorder them, must not change or invent one, and never blocks
 * the caller.
 */
public interface Transport extends AutoCloseable {

    /** Begins to carry messages and to hand received ones over. Called once, before the first {@link #send}. */
    void start(Receiver receiver);

    /**
     * Takes messages for delivery. Returns at once; a message for which there is no room is dropped and counted.
     *
     * @param envelopes for any peers, in the order in which they should arrive
     */
    void send(List<Envelope> envelopes);

    /**
     * From now on these nodes are the members: messages to them are carried, also to those that were no members before.
     * Messages to others are answers, carried as far as those have a connection open.
     *
     * @param configuration says where nodes are that this transport was not told of otherwise
     */
    void members(ClusterConfiguration configuration);

    /** What is known of the connection to each peer, by pid. A snapshot. */
    Map<Long, PeerConnection> connections();

    /** How many messages went which way. A transport that does not count answers {@link MessageCounts#NONE}. */
    default MessageCounts messages() {
        return MessageCounts.NONE;
    }

    /** Ends all connections and threads. Messages not yet sent are dropped. */
    @Override
    void close();

    /** Where received messages go. Safe for use by any thread; never blocks. */
    interface Receiver {

        /**
         * Hands over one message. The clock is read inside this call, so it must be called when the message has
         * arrived, without waiting for anything first.
         *
         * @return false if the receiver has no room or is not running; the message is dropped
         */
        boolean received(Envelope envelope);

        /** A peer answers again after a failure, or for the first time. */
        void reconnected(long pid);
    }
}
