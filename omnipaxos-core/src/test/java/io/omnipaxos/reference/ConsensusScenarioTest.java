package io.omnipaxos.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The group «consensus», part (a): five nodes agree on what one of them proposes. */
class ConsensusScenarioTest {

    private final ReplicaNetwork network = ReplicaNetwork.of(5).start();

    @Test
    void everythingIsDecidedByEverybodyInTheOrderInWhichItWasProposed() {
        String[] commands = commands(2000);
        List<String> expected = new ArrayList<>(List.of("leader 1.1(0)@5"));
        expected.addAll(List.of(commands));

        network.propose(1, commands);

        for (ReplicaFixture node : network.up()) {
            assertThat(node.contents()).isEqualTo(expected);
        }
    }

    @Test
    void whatIsDecidedIsOnAMajorityAndWhatIsNotIsAPrefixOrMore() {
        network.isolate(1);
        network.isolate(2);
        network.propose(5, commands(100));

        assertThat(network.node(5).contents()).hasSize(101);
        assertThat(network.up().stream()
                        .filter(node ->
                                node.storedEntries().equals(network.node(5).storedEntries())))
                .hasSize(3);
        List<String> longest = network.node(5).contents();
        for (ReplicaFixture node : network.up()) {
            assertThat(longest).startsWith(node.contents().toArray(String[]::new));
        }
    }

    private static String[] commands(int count) {
        return IntStream.range(0, count).mapToObj(i -> "command " + i).toArray(String[]::new);
    }
}
