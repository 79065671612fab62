package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.ELECTION_TICKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The group «ble»: leaders of ten nodes that crash one after the other. */
class BallotElectionScenarioTest {

    @Test
    void fiveTimesAnotherNodeLeadsAfterTheLeaderCrashed() {
        ReplicaNetwork network = ReplicaNetwork.of(10).start();
        Set<Long> crashed = new HashSet<>();

        while (crashed.size() < 5) {
            ReplicaFixture leader = network.untilLeader();
            network.ticks(10 * ELECTION_TICKS);
            assertThat(network.leader()).isSameAs(leader);
            assertThat(crashed.add(leader.pid())).isTrue();
            network.stop(leader.pid());
        }

        network.ticks(10 * ELECTION_TICKS);
        assertThat(network.up()).as("five of ten are no majority").noneMatch(ReplicaFixture::isLeader);
    }
}
