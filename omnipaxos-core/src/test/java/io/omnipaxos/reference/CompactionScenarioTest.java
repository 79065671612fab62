package io.omnipaxos.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The groups «trim» and «snapshot»: three nodes with two thousand commands compact, once and once more. */
class CompactionScenarioTest {

    private static final int COMMANDS = 2000;

    private final ReplicaNetwork network = ReplicaNetwork.of(3).start();
    private final List<String> everything = new ArrayList<>(List.of("leader 1.1(0)@3"));

    @BeforeEach
    void proposeAll() {
        for (int number = 0; number < COMMANDS; number++) {
            network.propose(3, "command " + number);
            everything.add("command " + number);
        }
    }

    @Test
    void whatASnapshotStandsForIsNoLongerStoredAndNothingIsMissing() {
        compact(1000);

        assertCompacted(1000);
    }

    @Test
    void itGoesOnFromWhereItWas() {
        compact(1000);
        compact(1010);

        assertCompacted(1010);
    }

    @Test
    void itOutlivesARestart() {
        compact(1010);
        for (ReplicaFixture node : network.up()) {
            node.restart();
        }

        assertCompacted(1010);
    }

    private void compact(long index) {
        for (ReplicaFixture node : network.up()) {
            node.takeSnapshot(index);
            node.takeSnapshot(index + 1);
        }
    }

    private void assertCompacted(long index) {
        for (ReplicaFixture node : network.up()) {
            assertThat(node.durable().compactedIndex()).isEqualTo(index);
            assertThat(node.storedEntries()).hasSize(COMMANDS + 1 - (int) index);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> node.log().read(index, index, 1));
            assertThat(node.contents()).isEqualTo(everything);
        }
    }
}
