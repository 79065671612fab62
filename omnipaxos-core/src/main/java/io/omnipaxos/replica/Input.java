package io.omnipaxos.replica;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.log.Command;
import io.omnipaxos.message.Envelope;
import java.util.List;

/** Everything that can happen to a replica. */
public sealed interface Input {

    /** When it happened, on this node's clocks. */
    ClockReading at();

    /** Handles each kind. */
    interface Visitor {
        void tick(Tick tick);

        void received(Received received);

        void reconnected(Reconnected reconnected);

        void proposed(Proposed proposed);

        void readIndexWanted(ReadIndexWanted wanted);

        void persisted(Persisted persisted);

        void applied(Applied applied);

        void snapshotTaken(SnapshotTaken taken);

        void reconfigure(Reconfigure reconfigure);

        void stand(Stand stand);

        void endLeadership(EndLeadership end);

        void release(Release release);
    }

    void accept(Visitor visitor);

    /** One tick of time. */
    record Tick(ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.tick(this);
        }
    }

    /** A message arrived at this very time; a reading from before its arrival could break the lease. */
    record Received(Envelope envelope, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.received(this);
        }
    }

    /** A peer answers again after a failure; messages to it may have been lost. */
    record Reconnected(long pid, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.reconnected(this);
        }
    }

    /** Commands are to be appended, in this order. */
    record Proposed(List<Command> commands, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.proposed(this);
        }
    }

    /** A read is to be made linearizable; the number names the request. */
    record ReadIndexWanted(long number, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.readIndexWanted(this);
        }
    }

    /** Everything that the effects so far asked to persist is durable. */
    record Persisted(ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.persisted(this);
        }
    }

    /** The state machine has applied everything up to this index. */
    record Applied(long index, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.applied(this);
        }
    }

    /** A snapshot of this node's own state, up to this index, is stored. */
    record SnapshotTaken(long index, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.snapshotTaken(this);
        }
    }

    /**
     * The members, or their quorums, are to change. Answered by {@link io.omnipaxos.effect.Notice.Configured} or refused.
     *
     * @param next its id is one above the present one's
     */
    record Reconfigure(ClusterConfiguration next, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.reconfigure(this);
        }
    }

    /** From now on this node stands for election, or no more. */
    record Stand(boolean stands, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.stand(this);
        }
    }

    /**
     * Leadership is to end on purpose. Answered by an {@link io.omnipaxos.effect.Notice.Ending} or refused.
     *
     * @param successor who is to take over, or 0 for the most advanced reachable follower
     * @param evenIfNobodyFollows whether it ends also where nobody could take over now
     */
    record EndLeadership(long successor, boolean evenIfNobodyFollows, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.endLeadership(this);
        }
    }

    /**
     * All work on behalf of this node's leadership has ended, or was given up on: the lease is released for good.
     *
     * @param ballot the ballot of the leadership that ended; nothing happens if another is led meanwhile
     * @param successor who is asked to take over at once, possibly this node itself, or 0 if nobody
     */
    record Release(Ballot ballot, long successor, ClockReading at) implements Input {
        @Override
        public void accept(Visitor visitor) {
            visitor.release(this);
        }
    }
}
