package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.election.Election;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import io.omnipaxos.replica.ReplicaSettings;

/** Makes the election of a node that starts. */
interface Elections {

    Elections BY_BALLOT = (settings, priority, promise) -> new BallotLeaderElection(
            settings.pid(), settings.boot(), settings.configuration(), priority, settings.electionTicks(), promise);

    Election of(ReplicaSettings settings, int priority, Ballot promise);
}
