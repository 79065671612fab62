package io.omnipaxos.spring.transport;

import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Introduction;
import io.omnipaxos.message.LearningMessage.IntroductionAnswer;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.Locale;
import java.util.Set;

/**
 * Two ways to the same peer, each with one request in flight, so that what must be quick never waits behind a transfer
 * of the log.
 */
enum Lane {

    /**
     * Elections, lease, and the small messages that a change of leader or of members waits for: Prepare, the request for
     * one, a refusal, a Promise without entries, introductions, and the word that there is more to learn. None of them
     * relies on the order of the log lane.
     */
    HEARTBEAT,

    /** Everything else, whose order is kept so that entries arrive without gaps. */
    LOG;

    private static final Set<Class<? extends Message>> QUICK = Set.of(
            Prepare.class,
            PrepareRequest.class,
            NotAccepted.class,
            Introduction.class,
            IntroductionAnswer.class,
            Ahead.class);

    static Lane of(Message message) {
        if (message instanceof ElectionMessage || message instanceof LeaseMessage) {
            return HEARTBEAT;
        }
        if (message instanceof Promise promise) {
            return promise.entries().isEmpty() ? HEARTBEAT : LOG;
        }
        return QUICK.contains(message.getClass()) ? HEARTBEAT : LOG;
    }

    /** The name in headers and in names of threads. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
