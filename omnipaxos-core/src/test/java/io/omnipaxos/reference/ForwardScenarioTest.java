package io.omnipaxos.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.replica.ReplicaNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The group «forward_proposal»: a command that is proposed at any of seven nodes is decided. */
class ForwardScenarioTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7})
    void whatIsProposedAtAnyNodeIsDecided(long pid) {
        ReplicaNetwork network = ReplicaNetwork.of(7).start();

        network.propose(pid, "a");

        assertThat(network.node(pid).contents()).endsWith("a");
        network.assertAllEqual();
    }
}
