package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.HEARTBEAT_TICKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The group «reconfig»: five nodes end a configuration after five hundred commands. */
class StopSignScenarioTest {

    private static final int COMMANDS = 500;

    private final ReplicaNetwork network = ReplicaNetwork.of(5).start();

    @Test
    void theStopSignIsTheLastThatIsDecidedInItsConfigurationAndEverybodyIsToldOfIt() {
        for (int number = 0; number < COMMANDS; number++) {
            network.propose(1 + number % 5, "command " + number);
        }

        network.reconfigure(ClusterConfiguration.majority(2, List.of(1L, 2L, 3L, 4L, 5L)));
        network.untilLeader();
        network.ticks(HEARTBEAT_TICKS);
        network.propose(1, "of the next");

        for (ReplicaFixture node : network.up()) {
            assertThat(node.notices(Notice.Configured.class))
                    .singleElement()
                    .matches(configured -> configured.index() == COMMANDS + 2);
            assertThat(node.contents()).hasSize(COMMANDS + 4);
            assertThat(node.contents().subList(COMMANDS + 1, COMMANDS + 4))
                    .containsExactly("configuration 2", "leader 2.1(0)@5", "of the next");
        }
    }
}
