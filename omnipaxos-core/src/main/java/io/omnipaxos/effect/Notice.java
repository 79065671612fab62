package io.omnipaxos.effect;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.ProposalId;
import org.jspecify.annotations.Nullable;

/** Something that the node's surroundings are told of, after it took effect. */
public sealed interface Notice {

    /** Handles each kind. */
    interface Visitor {
        void granted(Granted granted);

        void ending(Ending ending);

        void endingRefused(EndingRefused refused);

        void revoked(Revoked revoked);

        void leaderChanged(LeaderChanged changed);

        void refused(Refused refused);

        void readIndex(ReadIndex readIndex);

        void reconfigurationRefused(ReconfigurationRefused refused);

        void configured(Configured configured);

        void eligibility(Eligibility eligibility);
    }

    void accept(Visitor visitor);

    /** This node leads. Alternates strictly with {@link Revoked}. */
    record Granted(Ballot ballot, long fencingToken) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.granted(this);
        }
    }

    /**
     * This node still leads but is to end its work and then release leadership. Comes at most once per ballot.
     *
     * @param successor who is asked to take over at the release, possibly this node itself, or 0 if nobody
     */
    record Ending(Ballot ballot, long successor, String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.ending(this);
        }
    }

    /** Leadership was to be ended here on purpose, but is not; the reason says why. */
    record EndingRefused(String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.endingRefused(this);
        }
    }

    /** This node leads no more. */
    record Revoked(Ballot ballot, long fencingToken, String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.revoked(this);
        }
    }

    /**
     * This node sees another leader, or none.
     *
     * @param leader the ballot of the leader, null if there is none
     */
    record LeaderChanged(@Nullable Ballot leader, String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.leaderChanged(this);
        }
    }

    /**
     * A proposal made here was not put into the log.
     *
     * @param overloaded whether the leader has too much waiting; otherwise there is no leader
     * @param byOther whether another node says so, to which it was passed on: then a copy that the network repeated may
     *     still be in the log
     */
    record Refused(ProposalId id, boolean overloaded, boolean byOther) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.refused(this);
        }
    }

    /**
     * The answer to a request for a read index made here.
     *
     * @param number names the request
     * @param index up to which to apply before reading, or -1 if there is no leader
     */
    record ReadIndex(long number, long index) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.readIndex(this);
        }
    }

    /** The reconfiguration that was asked for here does not take place; the reason says why. */
    record ReconfigurationRefused(String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.reconfigurationRefused(this);
        }
    }

    /**
     * This node is in the next configuration from now on, as a member or not.
     *
     * @param index of the stop-sign that ended the one before
     */
    record Configured(ClusterConfiguration configuration, long index) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.configured(this);
        }
    }

    /**
     * It is known now whether this node's storage may take part in decisions.
     *
     * @param eligible false if a member knows this node with another storage, whose promises this one has forgotten
     * @param reason in words
     */
    record Eligibility(boolean eligible, String reason) implements Notice {
        @Override
        public void accept(Visitor visitor) {
            visitor.eligibility(this);
        }
    }
}
