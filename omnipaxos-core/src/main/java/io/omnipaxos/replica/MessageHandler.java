package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.message.LeaseMessage;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage;
import java.util.function.Consumer;

/** Hands each message to the part that it belongs to. A message that names another sender's ballot is passed over. */
final class MessageHandler {

    private final Parts parts;
    private final OwnLeadership own;
    private final LeaderTracker leaders;
    private final Proposals proposals;
    private final GivenGrants grants;
    private final Consumer<Ballot> takeOver;
    private final LeaseMessage.Visitor leaseMessages = new LeaseMessages();
    private final ReplicationMessage.Visitor replicationMessages = new ReplicationMessages();

    MessageHandler(
            Parts parts,
            OwnLeadership own,
            LeaderTracker leaders,
            Proposals proposals,
            GivenGrants grants,
            Consumer<Ballot> takeOver) {
        this.parts = parts;
        this.own = own;
        this.leaders = leaders;
        this.proposals = proposals;
        this.grants = grants;
        this.takeOver = takeOver;
    }

    void handle(long from, Message message) {
        if (message instanceof ElectionMessage election) {
            parts.election().handle(from, election);
        } else if (message instanceof LeaseMessage lease) {
            lease.accept(from, leaseMessages);
        } else if (message instanceof ReplicationMessage replication) {
            replication.accept(from, replicationMessages);
        }
    }

    private final class LeaseMessages implements LeaseMessage.Visitor {

        @Override
        public void leaderHeartbeat(long from, LeaseMessage.LeaderHeartbeat heartbeat) {
            if (heartbeat.ballot().pid() == from && grants.heartbeat(heartbeat)) {
                leaders.heard(heartbeat);
            }
        }

        @Override
        public void heartbeatAnswer(long from, LeaseMessage.HeartbeatAnswer answer) {
            own.answered(from, answer);
        }

        @Override
        public void released(long from, LeaseMessage.Released released) {
            Ballot ballot = released.ballot();
            if (ballot.pid() != from) {
                return;
            }
            parts.gate().release(ballot);
            leaders.lost(ballot, "node " + from + " gave leadership up");
            if (released.takeOver() && ballot.equals(parts.paxos().promised())) {
                takeOver.accept(ballot);
            }
        }
    }

    private final class ReplicationMessages implements ReplicationMessage.Visitor {

        @Override
        public void prepareRequest(long from, ReplicationMessage.PrepareRequest request) {
            parts.paxos().prepareRequest(from, request);
        }

        @Override
        public void prepare(long from, ReplicationMessage.Prepare prepare) {
            if (prepare.ballot().pid() == from) {
                if (prepare.released().equals(parts.paxos().promised())) {
                    parts.gate().release(prepare.released());
                }
                parts.paxos().prepare(prepare);
            }
        }

        @Override
        public void promise(long from, ReplicationMessage.Promise promise) {
            parts.paxos().promise(from, promise);
        }

        @Override
        public void acceptSync(long from, ReplicationMessage.AcceptSync sync) {
            if (sync.ballot().pid() == from) {
                parts.paxos().acceptSync(sync);
            }
        }

        @Override
        public void acceptDecide(long from, ReplicationMessage.AcceptDecide accept) {
            if (accept.ballot().pid() == from) {
                parts.paxos().acceptDecide(accept);
            }
        }

        @Override
        public void decide(long from, ReplicationMessage.Decide decide) {
            if (decide.ballot().pid() == from) {
                parts.paxos().decide(decide);
            }
        }

        @Override
        public void accepted(long from, ReplicationMessage.Accepted accepted) {
            parts.paxos().accepted(from, accepted);
        }

        @Override
        public void notAccepted(long from, ReplicationMessage.NotAccepted refused) {
            parts.paxos().notAccepted(from, refused);
        }

        @Override
        public void forwardedAppend(long from, ReplicationMessage.ForwardedAppend forwarded) {
            proposals.forwarded(from, forwarded);
        }

        @Override
        public void appendRefused(long from, ReplicationMessage.AppendRefused refused) {
            proposals.refused(refused);
        }

        @Override
        public void readIndexRequest(long from, ReplicationMessage.ReadIndexRequest request) {
            proposals.readIndexRequest(from, request);
        }

        @Override
        public void readIndexAnswer(long from, ReplicationMessage.ReadIndexAnswer answer) {
            proposals.readIndexAnswer(answer);
        }
    }
}
