package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The group «sync»: node 1, which led once, comes back with what nobody decided, to nodes 2 and 3, which went on without it.
 * Compared is everything that the logs amount to.
 */
class SyncScenarioTest {

    private static final Ballot OLD = ballot(1, 1);
    private static final Ballot LATER = ballot(2, 3);
    private static final StopSign STOP = new StopSign(ClusterConfiguration.majority(2, List.of(1L, 2L, 3L)), 0);

    private final ReplicaNetwork network = ReplicaNetwork.of(3);

    @Test
    void everythingAtOnce() {
        others(5, log(true, "a", "b", "c", "d", "e", "10", "11", "12"));
        compact(2, 2);
        compact(3, 2);
        back(3, "a", "b", "c", "6", "7", "8", "9");

        assertInStep("a", "b", "c", "d", "e", "10", "11", "12", "configuration 2");
    }

    @Test
    void aDecidedStopSign() {
        others(6, log(true, "a", "b", "c", "d", "e"));
        back(3, "a", "b", "c", "6", "7");

        assertInStep("a", "b", "c", "d", "e", "configuration 2");
    }

    @Test
    void onlyAStopSign() {
        others(1, log(true));

        assertInStep("configuration 2");
    }

    @Test
    void onlyASnapshot() {
        others(3, log(false, "a", "b", "c"));
        compact(2, 3);
        compact(3, 3);

        assertInStep("a", "b", "c");
    }

    @Test
    void b1_entriesAfterWhatItHadCompactedItself() {
        others(5, log(false, "a", "b", "c", "d", "e"));
        back(4, "a", "b", "c", "d");
        compact(1, 3);

        assertInStep("a", "b", "c", "d", "e");
    }

    @Test
    void b1_aSnapshotAfterWhatItHadCompactedItself() {
        others(5, log(false, "a", "b", "c", "d", "e"));
        compact(2, 5);
        compact(3, 5);
        back(4, "a", "b", "c", "d");
        compact(1, 3);

        assertInStep("a", "b", "c", "d", "e");
    }

    private void others(long decidedIndex, List<LogEntry> log) {
        store(network.node(2), LATER, log, decidedIndex);
        store(network.node(3), LATER, log, decidedIndex);
    }

    private void back(long decidedIndex, String... texts) {
        store(network.node(1), OLD, log(false, texts), decidedIndex);
    }

    private static void store(ReplicaFixture node, Ballot round, List<LogEntry> log, long decidedIndex) {
        node.stored(WriteBatch.promise(round)).stored(WriteBatch.accepted(round, new LogWrite(1, log), decidedIndex));
    }

    private void compact(long pid, long index) {
        network.node(pid).storedSnapshot(index).stored(WriteBatch.compacted(index));
    }

    private static List<LogEntry> log(boolean stopped, String... texts) {
        List<LogEntry> log = new ArrayList<>(List.of(entries(texts)));
        if (stopped) {
            log.add(STOP);
        }
        return log;
    }

    private void assertInStep(String... contents) {
        network.start();
        network.ticks(4 * RESEND_TICKS);

        network.assertAllEqual();
        assertThat(network.node(1).contents())
                .filteredOn(content -> !content.startsWith("leader"))
                .containsExactly(contents);
    }
}
