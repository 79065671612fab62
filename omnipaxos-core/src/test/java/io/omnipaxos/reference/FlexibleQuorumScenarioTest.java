package io.omnipaxos.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import org.junit.jupiter.api.Test;

/** The group «flexible quorum»: eight nodes that elect with six and decide with three. */
class FlexibleQuorumScenarioTest {

    private final ReplicaNetwork network = ReplicaNetwork.of(ReplicaFixture.configuration(new Quorums(8, 6, 3)))
            .start();

    @Test
    void withTwoNodesDeadAndTheLeaderAmongThemTheNextOneDecides() {
        network.propose(8, "a");
        network.stop(7, 8);

        network.propose(network.untilLeader().pid(), "b");

        assertThat(network.leader().contents()).contains("a", "b");
        network.assertAllEqual();
    }

    @Test
    void withFiveFollowersDeadTheLeaderDecides() {
        network.stop(3, 4, 5, 6, 7);

        network.propose(8, "a");

        assertThat(network.node(8).contents()).contains("a");
        network.assertAllEqual();
    }
}
