package io.omnipaxos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumsTest {

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "4,3", "5,3", "6,4", "7,4", "9,5"})
    void theMajorityOfNodesIsMoreThanHalf(int nodes, int majority) {
        assertThat(Quorums.majority(nodes)).isEqualTo(new Quorums(nodes, majority, majority));
    }

    @Test
    void sevenNodesMayElectWithFiveAndDecideWithThree() {
        assertThatCode(() -> new Quorums(7, 5, 3)).doesNotThrowAnyException();
    }

    @Test
    void oneNodeAloneIsItsOwnQuorum() {
        assertThatCode(() -> new Quorums(1, 1, 1)).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0} nodes, read {1}, write {2}")
    @CsvSource({
        "7,4,3", // a read quorum can miss a write quorum
        "7,3,5", // more to decide than to elect
        "7,8,3", // more than there are
        "7,7,1", // a write quorum of the leader alone
        "7,5,0", "7,5,-3", "3,1,1", "3,3,4", "2,1,1", "2,2,1", "1,1,0", "1,2,1", "1,0,1",
    })
    void whatDoesNotMeetOrDoesNotFitIsRefusedWithItsNumbers(int nodes, int read, int write) {
        assertThatThrownBy(() -> new Quorums(nodes, read, write))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read quorum " + read)
                .hasMessageContaining("write quorum " + write)
                .hasMessageContaining(nodes + " nodes")
                .hasMessageContaining("read + write > " + nodes);
    }

    @Test
    void everyCombinationIsAcceptedExactlyIfTheRulesHold() {
        for (int nodes = 2; nodes <= 9; nodes++) {
            for (int read = -1; read <= nodes + 1; read++) {
                for (int write = -1; write <= nodes + 1; write++) {
                    boolean valid = 2 <= write && write <= read && read <= nodes && read + write > nodes;

                    assertThat(isAccepted(nodes, read, write))
                            .as("%d nodes, read %d, write %d", nodes, read, write)
                            .isEqualTo(valid);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noNodesAreNoConfiguration(int nodes) {
        assertThatThrownBy(() -> new Quorums(nodes, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean isAccepted(int nodes, int read, int write) {
        try {
            new Quorums(nodes, read, write);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }
}
