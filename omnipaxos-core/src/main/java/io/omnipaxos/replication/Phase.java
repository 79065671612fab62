package io.omnipaxos.replication;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;

/**
 * What a node is in the ballot it promised. Each phase handles what can happen in it and passes over the rest; messages
 * of other ballots never reach it.
 */
sealed interface Phase permits Recovering, Promising, Following, Preparing, Leading {

    /** One tick of time, to send again what was not answered. */
    default void tick() {}

    /** The connection to a node is there again; what was sent before may be lost. */
    default void reconnected(long pid) {}

    /** The candidate of this very ballot asks once more. */
    default void prepareAgain(Prepare prepare) {}

    default void acceptSync(AcceptSync sync) {}

    /** More of the log is decided than was known when messages were last sent. */
    default void learned() {}

    default void acceptDecide(AcceptDecide accept) {}

    /** The leader of this ballot says that so much is decided. */
    default void decided(long decidedIndex) {}

    default void prepareRequest(long from, PrepareRequest request) {}

    default void promise(long from, Promise promise) {}

    default void accepted(long from, Accepted accepted) {}

    /** A node has promised a higher ballot. */
    default void refused(long from, Ballot promise) {}

    /** What was written is durable. */
    default void persisted() {}

    /** Ends a step: sends what has gathered in it. */
    default void flush() {}
}
