package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.replica.ReplicaSettings;

/** Makes the election of a node that starts, or comes to a new configuration. */
interface Elections {

    Elections BY_BALLOT = (settings, configuration, priority, promise) -> new BallotLeaderElection(
            settings.pid(), settings.boot(), configuration, priority, settings.electionTicks(), promise);

    Election of(ReplicaSettings settings, ClusterConfiguration configuration, int priority, Ballot promise);
}
