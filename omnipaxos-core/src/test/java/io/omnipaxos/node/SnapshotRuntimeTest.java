package io.omnipaxos.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.log.Command;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.NodeCluster.Recorder;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Snapshots of running nodes: by themselves, on demand, at a start, and from one another. */
@Timeout(120)
class SnapshotRuntimeTest {

    private static final int EVERY = 5;

    @Test
    void aNodeCompactsItsLogByItselfAndGoesOnAfterARestart() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Recorder before = new Recorder();
        long token;
        try (NodeCluster cluster = ofOne(storage, before)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            token = node.leadership().call(held -> held);
            appendUntilTaken(node, 3);
            // Until everything is covered: a node that is stopped between storing and compacting leaves three.
            NodeCluster.await(
                    () -> node.snapshot().join() == node.status().decidedIndex(), "a snapshot is still being written");
            NodeCluster.await(() -> storage.snapshots().size() == 2, "the log is not compacted");
        }

        MemoryStorage reopened = storage.reopen();
        assertThat(reopened.state().compactedIndex()).isPositive();
        assertThat(reopened.snapshots()).hasSize(2);
        Recorder after = new Recorder();
        try (NodeCluster cluster = ofOne(reopened, after)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, 1);

            assertThat(node.leadership().<Long>call(held -> held)).isGreaterThan(token);
            assertThat(after.applied())
                    .hasSize(before.applied().size() + 1)
                    .startsWith(before.applied().toArray(new String[0]));
        }
    }

    @Test
    void aSnapshotOnDemandCoversWhatWasApplied() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, new Recorder())) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, 3);

            assertThat(node.snapshot()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(4L);
            assertThat(node.snapshot()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(4L);
            assertThat(node.snapshotStatus().taken()).isEqualTo(1);
            append(node, 1);
            assertThat(node.snapshot()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(5L);
        }
    }

    @Test
    void whatFollowsASnapshotNeverRunsOnTheNodesThreads() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            // Many, as one may be there before it is continued.
            for (int i = 0; i < 50; i++) {
                append(node, 1);
                String thread = node.snapshot()
                        .thenApply(index -> Thread.currentThread().getName())
                        .get(20, TimeUnit.SECONDS);

                assertThat(thread)
                        .doesNotEndWith("-loop")
                        .doesNotEndWith("-apply")
                        .doesNotEndWith("-snapshots");
            }
        }
    }

    @Test
    void commandsAreAppliedWhileASnapshotIsWritten() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch writeOn = new CountDownLatch(1);
        ApplyOnly slow = new ApplyOnly() {
            @Override
            public byte[] apply(long index, Command command) {
                return command.payload();
            }

            @Override
            public Snapshot snapshot() {
                return target -> {
                    writing.countDown();
                    await(writeOn);
                };
            }
        };
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), slow)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            CompletableFuture<Long> covered = node.snapshot();
            writing.await();

            append(node, 20);

            assertThat(covered).isNotDone();
            writeOn.countDown();
            assertThat(covered).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(1L);
        }
    }

    @Test
    void aNodeWhoseStateMachineGivesNoSnapshotGoesOn() throws Exception {
        ApplyOnly broken = new ApplyOnly() {
            @Override
            public byte[] apply(long index, Command command) {
                return command.payload();
            }

            @Override
            public Snapshot snapshot() {
                throw new IllegalStateException("no room for a copy");
            }
        };
        try (NodeCluster cluster = ofOne(new MemoryStorage(), broken)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, 3 * EVERY);
            CompletableFuture<Long> covered = node.snapshot();

            assertThatThrownBy(covered::join)
                    .hasCauseInstanceOf(SnapshotException.class)
                    .hasMessageContaining("no room for a copy");
            append(node, 1);
            assertThat(node.snapshotStatus().failed()).isGreaterThanOrEqualTo(2);
            assertThat(node.status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void aNodeWhoseStateMachineCannotRestoreStopsInWords() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, new Recorder())) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            append(node, 1);
            assertThat(node.snapshot()).succeedsWithin(NodeCluster.PATIENCE);
        }
        StateMachine older = new ApplyOnly() {
            @Override
            public byte[] apply(long index, Command command) {
                return command.payload();
            }

            @Override
            public void restore(InputStream source) throws IOException {
                throw new IOException("written by a newer release");
            }
        };

        try (NodeCluster cluster = NodeCluster.ofOne(storage.reopen(), older)) {
            OmniPaxosNode node = cluster.node(1);
            NodeCluster.await(() -> node.status().state() == State.FAILED, "it runs on");

            assertThat(node.status().failure()).contains("the snapshot of index 2", "written by a newer release");
            assertThat(node.snapshot()).failsWithin(NodeCluster.PATIENCE);
        }
    }

    @Test
    void whoFellFurtherBehindThanTheLogsReachGoesOnFromASnapshotOfAnother() throws Exception {
        try (NodeCluster cluster =
                new NodeCluster(3, settings -> NodeCluster.withSnapshots(settings, EVERY, 1L << 30))) {
            long leader = cluster.awaitLeader();
            long behind = leader == 3 ? 2 : leader + 1;
            cluster.awaitFollows(behind, leader);
            append(cluster.node(behind), 1);

            cluster.network.drop(envelope -> envelope.to() == behind);
            CompletableFuture<Committed> lost = cluster.node(behind).append("lost".getBytes(UTF_8));
            NodeCluster.await(
                    () -> cluster.recorder(leader).applied().contains("lost"), "the leader did not get the command");
            // As often as it takes: what is applied while a snapshot is being written counts for the next one only.
            for (int times = 0; !compacted(cluster); times++) {
                assertThat(times).as("the others do not compact their logs").isLessThan(200);
                append(cluster.node(leader), EVERY);
            }
            cluster.network.heal();

            assertThatThrownBy(lost::join).cause().isInstanceOfSatisfying(AppendException.class, failure -> {
                assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
                assertThat(failure).hasMessageContaining("learnt of it with a snapshot");
            });
            append(cluster.node(behind), 1);
            assertThat(cluster.node(leader).readBarrier()).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(cluster.node(behind).readBarrier()).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(cluster.recorder(behind).applied())
                    .isEqualTo(cluster.recorder(leader).applied())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aNodeThatDoesNotRunTakesNoSnapshot() {
        OmniPaxosNode node;
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            node = cluster.node(1);
        }

        assertThatThrownBy(() -> node.snapshot().join())
                .hasCauseInstanceOf(SnapshotException.class)
                .hasMessageContaining("not running");
        assertThat(node.snapshotStatus()).isEqualTo(SnapshotStatus.NONE);
    }

    /** Whether every node that gets messages has stored so many snapshots that its log no longer begins where it did. */
    private static boolean compacted(NodeCluster cluster) {
        return List.of(1L, 2L, 3L).stream()
                        .filter(pid -> cluster.node(pid).snapshotStatus().taken() >= 4)
                        .count()
                == 2;
    }

    private static NodeCluster ofOne(MemoryStorage storage, StateMachine stateMachine) {
        NodeSettings settings = NodeCluster.withSnapshots(NodeCluster.settingsOfOne(), EVERY, 1L << 30);
        return NodeCluster.ofOne(settings, storage, stateMachine);
    }

    /** As often as it takes: what is applied while a snapshot is being written counts for the next one only. */
    private static void appendUntilTaken(OmniPaxosNode node, int snapshots) throws Exception {
        for (int times = 0; node.snapshotStatus().taken() < snapshots; times++) {
            assertThat(times).as("the node does not compact its log").isLessThan(1000);
            append(node, EVERY);
        }
    }

    /** Different ones, one after the other. */
    private static void append(OmniPaxosNode node, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String text = node.settings().pid() + " at " + System.nanoTime();
            node.append(text.getBytes(UTF_8)).get(20, TimeUnit.SECONDS);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
