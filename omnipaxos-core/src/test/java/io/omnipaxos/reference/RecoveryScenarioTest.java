package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The group «recovery»: one of three nodes crashes and is started again, half way through a hundred commands. */
class RecoveryScenarioTest {

    private static final int HALF = 50;

    private final ReplicaNetwork network = ReplicaNetwork.of(3).start();

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, true", "false, false"})
    void afterTheRestartEverybodyDecidesEverything(boolean leaderRestarts, boolean leaderProposes) {
        propose(network.leader(), 0);
        ReplicaFixture restarted = leaderRestarts ? network.leader() : follower();

        network.restart(restarted.pid());
        network.until(() -> !leaderRestarts || !restarted.isLeader());
        network.untilLeader();
        network.ticks(RESEND_TICKS);
        propose(leaderProposes ? network.leader() : follower(), HALF);

        assertThat(restarted.contents())
                .contains("command 0", "command 99")
                .filteredOn(content -> content.startsWith("command"))
                .hasSize(2 * HALF);
        network.assertAllEqual();
    }

    private ReplicaFixture follower() {
        return network.up().stream()
                .filter(node -> !node.isLeader())
                .findFirst()
                .orElseThrow();
    }

    private void propose(ReplicaFixture node, int first) {
        for (int number = first; number < first + HALF; number++) {
            network.propose(node.pid(), "command " + number);
        }
    }
}
