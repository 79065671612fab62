package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.election.Election.Standing;
import io.omnipaxos.election.ballot.BallotLeaderElection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElectionStandingTest {

    @Test
    void aNodeThatNoLongerStandsDoesNotStandWhenTheGateOpens() {
        BallotLeaderElection election =
                new BallotLeaderElection(1, 1, ClusterConfiguration.majority(1, List.of(1L)), 0, 10, Ballot.NONE);
        assertThat(election.tick(new Standing(false, false, true, true))).isNull();

        assertThat(election.retry(new Standing(true, false, false, true))).isNull();
    }
}
