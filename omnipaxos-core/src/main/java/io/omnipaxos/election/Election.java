package io.omnipaxos.election;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.ElectionMessage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node should lead. It owns liveness only: Sequence Paxos accepts a ballot from it only if it is this
 * node's own and above its promise, so an election that elects anybody at any time breaks nothing but availability.
 *
 * <p>Pure: time comes in as {@link #tick}, messages as {@link #handle}, and what it wants to send is collected with
 * {@link #drainOutgoing}.
 */
public interface Election {

    /**
     * One tick of time.
     *
     * @return a newly taken ballot of this node, to be prepared at once, or null
     */
    @Nullable
    Ballot tick(Standing standing);

    /**
     * Does what a closed gate stopped since the last tick, if the gate is open now.
     *
     * @return as {@link #tick}
     */
    @Nullable
    Ballot retry(Standing standing);

    /**
     * Stands on purpose, whatever the others say.
     *
     * @param above the new ballot is above this one
     * @return as {@link #tick}; null if the gate is closed, then {@link #retry} does it
     */
    @Nullable
    Ballot takeOver(Ballot above, Standing standing);

    /** Takes a message of a member of this configuration. */
    void handle(long from, ElectionMessage message);

    /** This node has promised a ballot, its own or another's: the election follows it now, and is content with it. */
    void follow(Ballot promise);

    /** This node leads no more in the ballot that it follows, and says so from now on. */
    void giveUp();

    /** The ballot that this node follows. */
    Ballot leader();

    /** Whether this node finds, or its leader said, that the leader can lead. */
    boolean happy();

    /** What was last heard of each peer, by pid, in ascending order. */
    Map<Long, PeerView> peers();

    /** Takes what is to be sent. */
    List<Outgoing> drainOutgoing();

    /** Makes the election of a node for each configuration that it is a member of. */
    interface Factory {

        /**
         * Makes the election of one configuration.
         *
         * @param configuration the members and their quorums
         * @param promise the highest ballot that the node has promised in it, or {@link Ballot#NONE}
         */
        Election of(ClusterConfiguration configuration, Ballot promise);
    }

    /**
     * What the election is allowed at this moment.
     *
     * @param gateOpen whether the node may raise its promise now
     * @param accepts whether this node leads in phase Accept, so that a write quorum is enough for it
     * @param stands whether this node may become leader
     * @param able whether this node, if it leads, gets anything decided
     */
    record Standing(boolean gateOpen, boolean accepts, boolean stands, boolean able) {

        /** Nothing forbids anything. */
        public static final Standing FREE = new Standing(true, false, true, true);
    }

    /**
     * A message and where it goes.
     *
     * @param to the receiver's pid
     */
    record Outgoing(long to, ElectionMessage message) {}

    /**
     * What a peer last said.
     *
     * @param ballot its own ballot
     * @param leader the ballot it follows
     * @param happy whether it is content with that leader
     */
    record PeerView(Ballot ballot, Ballot leader, boolean happy) {}
}
