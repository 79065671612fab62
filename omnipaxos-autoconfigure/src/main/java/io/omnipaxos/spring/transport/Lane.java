package io.omnipaxos.spring.transport;

import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.Locale;

/**
 * Two ways to the same peer, each with one request in flight, so that what must be quick never waits behind a transfer
 * of the log.
 */
enum Lane {

    /**
     * Elections, lease, and the small messages that a change of leader waits for: Prepare, the request for one, a
     * refusal, and a Promise without entries. None of them relies on the order of the log lane.
     */
    HEARTBEAT,

    /** Everything else of Sequence Paxos, whose order is kept so that entries arrive without gaps. */
    LOG;

    static Lane of(Message message) {
        if (message instanceof ElectionMessage || message instanceof LeaseMessage) {
            return HEARTBEAT;
        }
        if (message instanceof Promise promise) {
            return promise.entries().isEmpty() ? HEARTBEAT : LOG;
        }
        return message instanceof Prepare || message instanceof PrepareRequest || message instanceof NotAccepted
                ? HEARTBEAT
                : LOG;
    }

    /** The name in headers and in names of threads. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
