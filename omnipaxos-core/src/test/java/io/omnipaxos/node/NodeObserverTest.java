package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.node.NodeEvent.Kind;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node that is alone tells its observer, and what it keeps for an operator. */
@Timeout(60)
class NodeObserverTest {

    private final BlockingQueue<Duration> syncs = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> handovers = new LinkedBlockingQueue<>();
    private final NodeObserver observer = new NodeObserver() {
        @Override
        public void synced(Duration time) {
            syncs.add(time);
        }

        @Override
        public void handover(long successor, String reason, CompletionStage<Boolean> over) {
            handovers.add("to " + successor + ": " + reason);
            CompletionStage<Void> unused = over.thenAccept(inTime -> handovers.add(inTime ? "in time" : "late"));
        }
    };

    @Test
    void eachWriteIsTimed() {
        try (OmniPaxosNode node = leading(observer, StateMachine.NONE)) {
            syncs.clear();

            assertThat(node.append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);

            assertThat(syncs).isNotEmpty().allMatch(time -> !time.isNegative());
        }
    }

    @Test
    void aHandoverIsToldFromItsBeginToItsEnd() throws Exception {
        try (OmniPaxosNode node = leading(observer, StateMachine.NONE)) {
            Admission work = node.leadership().admit();

            CompletableFuture<Boolean> handedOver = node.handOver();

            assertThat(next(handovers)).isEqualTo("to 0: leadership is given up though nobody could take over now");
            work.close();
            assertThat(next(handovers)).isEqualTo("in time");
            assertThat(handedOver).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);
            NodeCluster.await(
                    () -> node.status().events().stream()
                            .anyMatch(event -> event.reason()
                                    .equals("no leader: this node leads no more: leadership was given up")),
                    "it is not told why: " + node.status().events());
            assertThat(node.status().events())
                    .extracting(NodeEvent::kind)
                    .containsSubsequence(Kind.LEADER, Kind.HANDOVER, Kind.LEADER);
        }
    }

    @Test
    void aNodeThatEndsMeanwhileEndsTheHandoverAsWell() throws Exception {
        OmniPaxosNode node = leading(observer, StateMachine.NONE);
        try (Admission work = node.leadership().admit()) {
            CompletableFuture<Boolean> unused = node.handOver();
            assertThat(next(handovers)).startsWith("to 0");

            node.close();

            assertThat(next(handovers))
                    .as("work with token %d is running", work.fencingToken())
                    .isEqualTo("in time");
        }
    }

    @Test
    void anObserverThatThrowsChangesNothing() {
        NodeObserver broken = new NodeObserver() {
            @Override
            public void synced(Duration time) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void handover(long successor, String reason, CompletionStage<Boolean> over) {
                throw new IllegalStateException("broken");
            }
        };
        try (OmniPaxosNode node = leading(broken, StateMachine.NONE)) {
            assertThat(node.append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(node.handOver()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);
            assertThat(node.status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void aNodeThatStoppedItselfSaysWhyAndCountsTheChanges() {
        ApplyOnly broken = (index, command) -> {
            throw new IllegalStateException("broken");
        };
        try (OmniPaxosNode node = leading(observer, broken)) {
            CompletableFuture<?> unused = node.append(new byte[1]);
            NodeCluster.await(() -> node.status().changeCount() == 2, "the leader is still known");

            NodeStatus status = node.status();
            assertThat(status.events())
                    .filteredOn(event -> event.kind() == Kind.FAILURE)
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event.reason()).contains("stopped itself", "the state machine failed"));
            assertThat(status.changes()).hasSize(2);
        }
    }

    @Test
    void aSnapshotThatFailsIsAnEvent() {
        StateMachine unwritable = new StateMachine() {
            @Override
            public byte[] apply(long index, io.omnipaxos.log.Command command) {
                return new byte[0];
            }

            @Override
            public Snapshot snapshot() {
                return target -> {
                    throw new IOException("no room");
                };
            }

            @Override
            public void restore(java.io.InputStream source) {}
        };
        try (OmniPaxosNode node = leading(observer, unwritable)) {
            assertThat(node.snapshot()).failsWithin(NodeCluster.PATIENCE);

            assertThat(node.status().snapshots().failed()).isEqualTo(1);
            assertThat(node.status().events())
                    .filteredOn(event -> event.kind() == Kind.SNAPSHOT_FAILURE)
                    .singleElement()
                    .satisfies(event -> assertThat(event.reason()).contains("no room"));
        }
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        return queue.poll(NodeCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static OmniPaxosNode leading(NodeObserver observer, StateMachine machine) {
        OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settingsOfOne(),
                MemoryStorage::new,
                new InMemoryNetwork().transportOf(1),
                machine,
                LeadershipListener.NONE,
                List.of(observer));
        node.start();
        node.stand();
        NodeCluster.await(() -> node.leadership().isLeader(), "it does not lead");
        return node;
    }
}
