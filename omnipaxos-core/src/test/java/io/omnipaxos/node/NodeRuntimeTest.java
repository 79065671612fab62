package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of a node: who runs on which, and in which order they start and end. */
@Timeout(120)
class NodeRuntimeTest {

    @Test
    void aStateMachineThatFailedIsGivenNothingMore() throws Exception {
        CountDownLatch applyOn = new CountDownLatch(1);
        Queue<String> applied = new ConcurrentLinkedQueue<>();
        ApplyOnly failing = (index, command) -> {
            String text = new String(command.payload(), StandardCharsets.UTF_8);
            if (text.equals("first")) {
                await(applyOn);
                throw new IllegalStateException("broken");
            }
            applied.add(text);
            return command.payload();
        };
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), failing)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            CompletableFuture<?> first = node.append("first".getBytes(StandardCharsets.UTF_8));
            NodeCluster.await(() -> node.status().decidedIndex() == 2, "the first is not decided");
            CompletableFuture<?> second = node.append("second".getBytes(StandardCharsets.UTF_8));
            NodeCluster.await(() -> node.status().decidedIndex() == 3, "the second is not decided");

            applyOn.countDown();
            NodeCluster.await(() -> node.status().state() == State.FAILED, "it runs on");
            assertThat(first).failsWithin(NodeCluster.PATIENCE);
            assertThat(second).failsWithin(NodeCluster.PATIENCE);
            // Its end waits for what is being applied.
            node.close();

            assertThat(applied).isEmpty();
        }
    }

    @Test
    void aStorageThatIsLostEndsANodeThatWritesNothing() throws Exception {
        BlockingStorage storage = new BlockingStorage();
        ApplyOnly echo = (index, command) -> command.payload();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, echo)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());

            storage.lose();

            NodeCluster.await(() -> node.status().state() == State.FAILED, "it runs on");
            assertThat(node.leadership().isLeader()).isFalse();
            assertThat(node.status().failure()).contains("the storage was taken over");
        }
    }

    @Test
    void theApplicationsContinuationNeverRunsOnTheLoop() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            cluster.network.drop(envelope -> true);

            String thread = node.append(new byte[1])
                    .handle((committed, failure) -> Thread.currentThread().getName())
                    .get(20, TimeUnit.SECONDS);

            assertThat(thread).doesNotEndWith("-loop");
        }
    }

    @Test
    void whatFollowsARequestToResignNeverRunsOnTheLoop() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            // Many, as one may be answered before it is continued.
            for (int i = 0; i < 100; i++) {
                String thread = node.leadership()
                        .resign()
                        .thenApply(given -> Thread.currentThread().getName())
                        .get(20, TimeUnit.SECONDS);

                assertThat(thread).doesNotEndWith("-loop");
            }
        }
    }

    @Test
    void anAppendThatWaitsForAnotherDoesNotStopTheNode() throws Exception {
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());

            CompletableFuture<Boolean> chained = new CompletableFuture<>();
            // Until one of them is not complete yet when it is continued, so that the node's thread continues it.
            for (int i = 0; i < 50; i++) {
                CompletableFuture<?> unused = node.append(new byte[1])
                        .thenAccept(committed -> node.append(new byte[1]).join())
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                chained.completeExceptionally(failure);
                            }
                        });
            }
            CompletableFuture<?> last = node.append(new byte[1]).thenRun(() -> chained.complete(true));

            assertThat(chained).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);
            assertThat(last).succeedsWithin(NodeCluster.PATIENCE);
        }
    }

    @Test
    void aStorageIsClosedWhenTheNodeCannotStartWithIt() {
        AtomicBoolean closed = new AtomicBoolean();
        Storage readOnly = new EmptyStorage() {
            @Override
            public void write(WriteBatch batch) {
                throw new StorageException("no space left");
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settingsOfOne(),
                () -> readOnly,
                new IdleTransport(),
                StateMachine.NONE,
                LeadershipListener.NONE);

        assertThatThrownBy(node::start).isInstanceOf(StorageException.class);

        assertThat(closed).isTrue();
    }

    @Test
    void aTransportIsClosedAlsoWhenNothingOfTheNodeWasMade() {
        Queue<String> closed = new ConcurrentLinkedQueue<>();
        Storage unreadable = new EmptyStorage() {
            @Override
            public DurableState state() {
                throw new NoClassDefFoundError("a/record/of/an/older/release");
            }

            @Override
            public void close() {
                closed.add("storage");
            }
        };
        Transport transport = new IdleTransport() {
            @Override
            public void close() {
                closed.add("transport");
            }
        };
        OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settingsOfOne(), () -> unreadable, transport, StateMachine.NONE, LeadershipListener.NONE);

        assertThatThrownBy(node::start).isInstanceOf(NoClassDefFoundError.class);

        assertThat(closed).containsExactlyInAnyOrder("storage", "transport");
    }

    @Test
    void whatRunsIsEndedWhenAClassIsMissingAtTheStart() {
        BlockingStorage storage = new BlockingStorage();
        AtomicBoolean closed = new AtomicBoolean();
        Transport incomplete = new IdleTransport() {
            @Override
            public void start(Receiver receiver) {
                throw new NoClassDefFoundError("a/web/Server");
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settingsOfOne(), () -> storage, incomplete, StateMachine.NONE, LeadershipListener.NONE);

        assertThatThrownBy(node::start).isInstanceOf(NoClassDefFoundError.class);

        assertThat(closed).isTrue();
        assertThat(storage.isClosed()).isTrue();
    }

    @Test
    void theEndWaitsForARunningWriteHoweverLittleTimeCallbacksHave() throws Exception {
        BlockingStorage storage = new BlockingStorage();
        NodeSettings settings = NodeCluster.settingsOfOne().toBuilder()
                .revokeTimeout(Duration.ZERO)
                .build();
        try (NodeCluster cluster = NodeCluster.ofOne(settings, storage, StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            storage.blockNextWrite();
            CompletableFuture<?> unused = node.append(new byte[1]);
            storage.awaitWrite();

            AtomicBoolean closedAtTheEnd = new AtomicBoolean();
            Thread closing = new Thread(() -> {
                node.close();
                closedAtTheEnd.set(storage.isClosed());
            });
            closing.start();
            NodeCluster.await(() -> waitsOrEnded(closing), "the end neither waits nor returns");
            storage.writeOn();
            closing.join();

            assertThat(closedAtTheEnd).isTrue();
        }
    }

    @Test
    void anInterruptedCloseDoesNotDisturbARunningWrite() throws Exception {
        BlockingStorage storage = new BlockingStorage();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            storage.blockNextWrite();
            CompletableFuture<?> unused = node.append(new byte[1]);
            storage.awaitWrite();

            Thread closing = new Thread(() -> {
                Thread.currentThread().interrupt();
                node.close();
            });
            closing.start();
            NodeCluster.await(() -> waitsOrEnded(closing), "the interrupted end neither waits nor returns");
            storage.writeOn();
            closing.join();

            assertThat(storage.wasDisturbed()).isFalse();
            assertThat(node.status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void aPeerIsNotAnsweredBeforeTheTransportHasStarted() {
        AtomicBoolean taken = new AtomicBoolean();
        AtomicBoolean started = new AtomicBoolean();
        AtomicBoolean sentBefore = new AtomicBoolean();
        Transport early = new IdleTransport() {
            @Override
            public void start(Receiver receiver) {
                taken.set(receiver.received(new Envelope("test", 1, 2, 1, new HeartbeatRequest(1, 1))));
                started.set(true);
            }

            @Override
            public void send(List<Envelope> envelopes) {
                sentBefore.compareAndSet(false, !started.get());
            }
        };
        try (OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settings(1, ClusterConfiguration.majority(1, List.of(1L, 2L))),
                MemoryStorage::new,
                early,
                StateMachine.NONE,
                LeadershipListener.NONE)) {
            node.start();

            assertThat(taken).isFalse();
            assertThat(sentBefore).isFalse();
        }
    }

    @Test
    void whoWasToldThatItLeadsIsToldThatItLeadsNoMoreWhenTheNodeIsClosed() throws Exception {
        CountDownLatch electedOn = new CountDownLatch(1);
        CountDownLatch elected = new CountDownLatch(1);
        Queue<String> told = new ConcurrentLinkedQueue<>();
        LeadershipListener slow = new LeadershipListener() {
            @Override
            public void elected(Tenure tenure) {
                elected.countDown();
                await(electedOn);
                told.add("elected");
            }

            @Override
            public void revoked(Tenure tenure, String reason) {
                told.add("revoked");
            }
        };
        BlockingStorage storage = new BlockingStorage();
        OmniPaxosNode node = new OmniPaxosNode(
                NodeCluster.settingsOfOne(), () -> storage, new IdleTransport(), StateMachine.NONE, slow);
        node.start();
        node.stand();
        elected.await();

        Thread closing = new Thread(node::close);
        closing.start();
        NodeCluster.await(() -> storage.isClosed() && waitsOrEnded(closing), "the end neither waits nor returns");
        electedOn.countDown();
        closing.join();

        assertThat(told).containsExactly("elected", "revoked");
    }

    /** Whether the end of a node waits, an interrupt having been noticed, or is over. */
    private static boolean waitsOrEnded(Thread closing) {
        Thread.State state = closing.getState();
        return state == Thread.State.TERMINATED || (state == Thread.State.TIMED_WAITING && !closing.isInterrupted());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Carries nothing. */
    private static class IdleTransport implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {}

        @Override
        public void members(ClusterConfiguration configuration) {}

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
