package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.Message;
import org.jspecify.annotations.Nullable;

/** What nodes say over and over, and what a transcript may leave out where it says nothing new. */
public enum Background {
    /** Requests for heartbeats, and replies that differ from the last one only in their round. */
    ELECTION("election heartbeats") {
        @Override
        @Nullable
        Message news(Message message) {
            // A request says nothing but that time passes.
            return message instanceof HeartbeatReply reply
                    ? new HeartbeatReply(0, 0, reply.ballot(), reply.leader(), reply.happy())
                    : message instanceof ElectionMessage ? NOTHING : null;
        }
    },
    /** Heartbeats of a leader, and answers, that differ from the last one only in their round. */
    LEASE("lease heartbeats") {
        @Override
        @Nullable
        Message news(Message message) {
            if (message instanceof LeaderHeartbeat beat) {
                return new LeaderHeartbeat(
                        beat.ballot(),
                        0,
                        beat.happy(),
                        beat.leaseNanos(),
                        beat.acceptedIndex(),
                        beat.decidedIndex(),
                        beat.fencingToken());
            }
            return message instanceof HeartbeatAnswer answer
                    ? new HeartbeatAnswer(answer.ballot(), 0, answer.granted(), answer.acceptedIndex(), answer.stands())
                    : null;
        }
    };

    /** Stands for a message that never says anything new. */
    static final Message NOTHING = new HeartbeatReply(0, 0, Ballot.NONE, Ballot.NONE, false);

    private final String title;

    Background(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** What a message of this kind says, without its round; null if it is of another kind. */
    abstract @Nullable Message news(Message message);
}
