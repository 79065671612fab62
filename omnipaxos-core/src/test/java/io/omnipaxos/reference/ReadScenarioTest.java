package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The group «consensus», parts (b) and (c): what is read of a log of ten entries and a stop-sign, of which six are decided.
 * A range that is not there is an error, never a shorter answer.
 */
class ReadScenarioTest {

    private static final Ballot ROUND = ballot(3, 1);
    private static final StopSign STOP = new StopSign(ClusterConfiguration.majority(2, List.of(1L, 2L)), 0);

    private final ReplicaFixture node = preloaded(6);

    private static ReplicaFixture preloaded(long decidedIndex) {
        List<LogEntry> log = new ArrayList<>(List.of(entries("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")));
        log.add(STOP);
        ReplicaFixture node = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, log), decidedIndex))
                .start();
        node.tick();
        return node;
    }

    @Test
    void whatIsDecidedIsApplied() {
        assertThat(node.appliedThrough()).isEqualTo(6);
        assertThat(node.contents()).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void entriesOnly() {
        assertThat(read(2, 4)).containsExactly(entries("b", "c", "d"));
        assertThat(read(10, 10)).containsExactly(entries("j"));
    }

    @Test
    void snapshotOnly() {
        compactTo4();

        assertNotThere(1, 4);
        assertThat(node.snapshots().get(0).index()).isEqualTo(4);
        assertThat(node.contents()).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void snapshotAndEntries() {
        compactTo4();

        assertNotThere(4, 6);
        assertThat(read(5, 6)).containsExactly(entries("e", "f"));
    }

    @Test
    void outOfRange() {
        assertNotThere(0, 3);
        assertNotThere(10, 12);
        assertNotThere(12, 12);
        assertNotThere(5, 4);
    }

    @Test
    void stopSignOnly() {
        assertThat(read(11, 11)).containsExactly(STOP);
    }

    @Test
    void entriesAndStopSign() {
        assertThat(read(10, 11)).containsExactly(entries("j")[0], STOP);
    }

    @Test
    void snapshotEntriesAndStopSign() {
        compactTo4();

        assertThat(read(5, 11)).hasSize(7).endsWith(STOP);
        assertNotThere(4, 11);
    }

    @Test
    void snapshotAndStopSign() {
        ReplicaFixture over = preloaded(11);
        over.takeSnapshot(10);
        over.takeSnapshot(11);

        assertThat(over.durable().compactedIndex()).isEqualTo(10);
        assertThat(over.log().read(11, 11, Long.MAX_VALUE)).containsExactly(STOP);
        assertThat(over.contents()).hasSize(11).endsWith("configuration 2");
    }

    private void compactTo4() {
        node.takeSnapshot(4);
        node.takeSnapshot(5);
        assertThat(node.durable().compactedIndex()).isEqualTo(4);
    }

    private List<LogEntry> read(long from, long to) {
        return node.log().read(from, to, Long.MAX_VALUE);
    }

    private void assertNotThere(long from, long to) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> read(from, to));
    }
}
