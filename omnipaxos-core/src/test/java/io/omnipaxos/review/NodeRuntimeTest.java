package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.nio.charset.StandardCharsets;
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

@Timeout(60)
class NodeRuntimeTest {

    @Test
    void aStateMachineThatFailedIsGivenNothingMore() throws Exception {
        CountDownLatch applyOn = new CountDownLatch(1);
        Queue<String> applied = new ConcurrentLinkedQueue<>();
        StateMachine failing = (index, command) -> {
            String text = new String(command.payload(), StandardCharsets.UTF_8);
            if (text.equals("first")) {
                await(applyOn);
                throw new IllegalStateException("broken");
            }
            applied.add(text);
            return command.payload();
        };
        try (ReviewCluster cluster = ReviewCluster.ofOne(new MemoryStorage(), failing)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            CompletableFuture<?> first = node.append("first".getBytes(StandardCharsets.UTF_8));
            ReviewCluster.await(() -> node.status().decidedIndex() == 2, "the first is not decided");
            CompletableFuture<?> second = node.append("second".getBytes(StandardCharsets.UTF_8));
            ReviewCluster.await(() -> node.status().decidedIndex() == 3, "the second is not decided");

            applyOn.countDown();
            ReviewCluster.await(() -> node.status().state() == State.FAILED, "it runs on");
            assertThat(first).failsWithin(5, TimeUnit.SECONDS);
            Thread.sleep(50);

            assertThat(applied).isEmpty();
            assertThat(second).isCompletedExceptionally();
        }
    }

    @Test
    void theApplicationsContinuationNeverRunsOnTheLoop() throws Exception {
        try (ReviewCluster cluster = new ReviewCluster(3)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            cluster.dropped = envelope -> true;

            String thread = node.append(new byte[1])
                    .handle((committed, failure) -> Thread.currentThread().getName())
                    .get(10, TimeUnit.SECONDS);

            assertThat(thread).doesNotEndWith("-loop");
        }
    }

    @Test
    void whatFollowsARequestToResignNeverRunsOnTheLoop() throws Exception {
        try (ReviewCluster cluster = ReviewCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            // Many, as one may be answered before it is continued.
            for (int i = 0; i < 100; i++) {
                String thread = node.leadership()
                        .resign()
                        .thenApply(given -> Thread.currentThread().getName())
                        .get(10, TimeUnit.SECONDS);

                assertThat(thread).doesNotEndWith("-loop");
            }
        }
    }

    @Test
    void anAppendThatWaitsForAnotherDoesNotStopTheNode() throws Exception {
        try (ReviewCluster cluster = ReviewCluster.ofOne(new MemoryStorage(), StateMachine.NONE)) {
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

            assertThat(chained).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
            assertThat(last).succeedsWithin(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStorageIsClosedWhenTheNodeCannotStartWithIt() {
        AtomicBoolean closed = new AtomicBoolean();
        Storage readOnly = new Storage() {
            @Override
            public DurableState state() {
                return DurableState.EMPTY;
            }

            @Override
            public void write(WriteBatch batch) {
                throw new StorageException("no space left");
            }

            @Override
            public List<LogEntry> read(long from, long to, long maxBytes) {
                throw new IndexOutOfBoundsException("nothing is stored");
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        OmniPaxosNode node = new OmniPaxosNode(
                ReviewCluster.settings(1, ClusterConfiguration.majority(1, List.of(1L))),
                () -> readOnly,
                new Watched(0),
                StateMachine.NONE,
                LeadershipListener.NONE);

        assertThatThrownBy(node::start).isInstanceOf(StorageException.class);

        assertThat(closed).isTrue();
    }

    @Test
    void anInterruptedCloseDoesNotDisturbARunningWrite() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch writeOn = new CountDownLatch(1);
        BlockingStorage storage = new BlockingStorage(writing, writeOn);
        try (ReviewCluster cluster = ReviewCluster.ofOne(storage, StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            storage.blockNextWrite();
            CompletableFuture<?> unused = node.append(new byte[1]);
            writing.await();

            Thread closing = new Thread(() -> {
                Thread.currentThread().interrupt();
                node.close();
            });
            closing.start();
            closing.join(500);
            writeOn.countDown();
            closing.join();

            assertThat(storage.wasDisturbed()).isFalse();
            assertThat(node.status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void nothingIsSentBeforeTheTransportHasStarted() {
        Watched transport = new Watched(500);
        try (OmniPaxosNode node = new OmniPaxosNode(
                ReviewCluster.settings(1, ClusterConfiguration.majority(1, List.of(1L, 2L))),
                MemoryStorage::new,
                transport,
                StateMachine.NONE,
                LeadershipListener.NONE)) {
            node.start();

            assertThat(transport.sentBeforeStart).isFalse();
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
        OmniPaxosNode node = new OmniPaxosNode(
                ReviewCluster.settings(1, ClusterConfiguration.majority(1, List.of(1L))),
                MemoryStorage::new,
                new Watched(0),
                StateMachine.NONE,
                slow);
        node.start();
        node.stand();
        elected.await();

        Thread closing = new Thread(node::close);
        closing.start();
        Thread.sleep(500);
        electedOn.countDown();
        closing.join();

        assertThat(told).containsExactly("elected", "revoked");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Takes its time to start, and notes what it is asked to do before that. */
    private static final class Watched implements Transport {
        private final long startMillis;
        private volatile boolean started;
        private volatile boolean sentBeforeStart;

        Watched(long startMillis) {
            this.startMillis = startMillis;
        }

        @Override
        public void start(Receiver receiver) {
            try {
                Thread.sleep(startMillis);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            started = true;
        }

        @Override
        public void send(List<Envelope> envelopes) {
            sentBeforeStart |= !started;
        }

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
