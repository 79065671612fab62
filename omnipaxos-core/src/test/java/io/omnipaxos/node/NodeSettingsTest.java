package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NodeSettingsTest {

    @Test
    void snapshotsAreTakenAfterSomethingWasApplied() {
        NodeSettings settings = NodeCluster.settingsOfOne();

        assertThat(NodeCluster.withSnapshots(settings, 1, 1).snapshotEntries()).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeCluster.withSnapshots(settings, 0, 1))
                .withMessageContaining("0 entries");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeCluster.withSnapshots(settings, 1, -1))
                .withMessageContaining("-1 bytes");
    }
}
