package io.omnipaxos.node;

import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;

/**
 * How leaders are found. Safety does not rest on it: an election that proposes anybody at any time costs availability
 * and nothing else.
 */
public interface Elections {

    /** Ballot Leader Election: needs one node that reaches a quorum, and no more. */
    Elections BALLOT = (settings, boot) -> (configuration, promise) -> new BallotLeaderElection(
            settings.pid(), boot, configuration, settings.priority(), settings.electionTicks(), promise);

    /**
     * The election of one node, made anew for each configuration.
     *
     * @param settings of the node
     * @param boot names this start of the node
     */
    Election.Factory of(NodeSettings settings, long boot);
}
