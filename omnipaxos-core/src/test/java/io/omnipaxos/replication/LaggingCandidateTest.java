package io.omnipaxos.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that is to lead though its log is behind what the others have decided, and compacted: node 1. */
class LaggingCandidateTest {

    private static final int MESSAGE_BYTES = 500;

    @Test
    void b4_itTakesTheOthersSnapshotBeforeItLeads() {
        ReplicaNetwork network = network(3);
        network.propose(3, "a", "b", "c");
        network.isolate(1);
        network.propose(3, "d", "e", "f");
        compact(network.node(2));
        network.stop(3);

        elect1(network);

        assertThat(network.node(1).durable().compactedIndex()).isEqualTo(7);
        assertThat(network.node(1).contents()).contains("a", "b", "c", "d", "e", "f");
        network.propose(1, "g");
        network.restart(3);
        network.ticks(20);
        network.assertAllEqual();
    }

    @Test
    void b4_whatItAcceptedMeanwhileGivesWayToWhatTheOthersDecided() {
        ReplicaNetwork network = network(5);
        network.propose(5, "a");
        List.of(2L, 3L, 4L).forEach(pid -> network.cut(5, pid));
        network.propose(5, "junk");
        network.isolate(1);
        network.isolate(5);
        network.until(() -> network.node(4).isLeader());
        network.propose(4, "b", "c", "d");
        compact(network.node(2));
        compact(network.node(3));
        network.stop(4, 5);

        elect1(network);

        assertThat(network.node(1).contents()).contains("a", "b", "c", "d").doesNotContain("junk");
        network.restart(4);
        network.restart(5);
        network.ticks(20);
        network.assertAllEqual();
    }

    @Test
    void aLongLogThatIsNotCompactedComesInPiecesToo() {
        ReplicaNetwork network = network(3);
        network.isolate(1);
        for (int i = 0; i < 10; i++) {
            network.propose(3, "command " + i);
        }
        network.stop(3);
        List<Integer> sizes = new ArrayList<>();
        network.watch(envelope -> {
            if (envelope.message() instanceof Promise promise) {
                sizes.add(promise.entries().size());
            } else if (envelope.message() instanceof Decided decided) {
                sizes.add(decided.entries().size());
            }
        });

        elect1(network);

        assertThat(sizes).hasSizeGreaterThan(4).allMatch(size -> size <= 2);
        assertThat(network.node(1).contents()).contains("command 0", "command 9");
    }

    private static ReplicaNetwork network(int nodes) {
        return ReplicaNetwork.of(nodes).withMessagesOf(MESSAGE_BYTES).start();
    }

    /** Compacts up to the last but one entry that is decided. */
    private static void compact(ReplicaFixture node) {
        node.takeSnapshot(node.decidedIndex() - 1);
        node.takeSnapshot(node.decidedIndex());
        assertThat(node.durable().compactedIndex()).isEqualTo(node.decidedIndex() - 1);
    }

    /** Mends the links to those that are up; none but node 1 stands. */
    private static void elect1(ReplicaNetwork network) {
        network.up().stream()
                .filter(node -> node.pid() != 1)
                .forEach(node -> node.step(new Input.Stand(false, node.now())));
        network.heal();
        network.until(() -> network.node(1).isLeader());
    }
}
