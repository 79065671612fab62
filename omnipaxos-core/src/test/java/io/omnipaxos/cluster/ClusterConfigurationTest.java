package io.omnipaxos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterConfigurationTest {

    @Test
    void nodesAreKeptInAscendingOrder() {
        ClusterConfiguration configuration = ClusterConfiguration.majority(1, List.of(7L, 1L, 100L));

        assertThat(configuration.nodes()).containsExactly(1L, 7L, 100L);
        assertThat(configuration.quorums()).isEqualTo(Quorums.majority(3));
    }

    @Test
    void thePeersOfANodeAreAllOthersWhateverThePids() {
        ClusterConfiguration configuration = ClusterConfiguration.majority(1, List.of(Long.MAX_VALUE, 6L, 1_000_003L));

        assertThat(configuration.peersOf(6)).containsExactly(1_000_003L, Long.MAX_VALUE);
        assertThat(configuration.peersOf(Long.MAX_VALUE)).containsExactly(6L, 1_000_003L);
        assertThat(configuration.contains(1_000_003L)).isTrue();
        assertThat(configuration.contains(7)).isFalse();
    }

    @Test
    void laterChangesOfTheGivenListChangeNothing() {
        List<Long> given = new ArrayList<>(List.of(1L, 2L));
        ClusterConfiguration configuration = new ClusterConfiguration(1, given, Quorums.majority(2));

        given.add(3L);

        assertThat(configuration.nodes()).containsExactly(1L, 2L);
    }

    @Test
    void aConfigurationIdIsPositive() {
        assertThatThrownBy(() -> ClusterConfiguration.majority(0, List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 0");
    }

    @Test
    void aNodeIsNotNamedTwice() {
        assertThatThrownBy(() -> ClusterConfiguration.majority(1, List.of(1L, 2L, 2L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 2, 2]");
    }

    @Test
    void pidsArePositive() {
        assertThatThrownBy(() -> ClusterConfiguration.majority(1, List.of(0L, 1L, 2L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 1, 2]");
    }

    @Test
    void theQuorumsAreMadeForExactlyTheseNodes() {
        assertThatThrownBy(() -> new ClusterConfiguration(1, List.of(1L, 2L, 3L), Quorums.majority(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 nodes")
                .hasMessageContaining("has 3");
    }

    @Test
    void noNodesAreNoConfiguration() {
        assertThatThrownBy(() -> ClusterConfiguration.majority(1, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one node");
    }
}
