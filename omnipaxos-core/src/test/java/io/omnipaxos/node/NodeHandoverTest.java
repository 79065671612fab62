package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.node.NodeStatus.Phase;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Planned changes of leader that race with lost leases, running work, failures and the end of the node. */
@Timeout(120)
class NodeHandoverTest {

    @Test
    void workOfAnEarlierLeadershipThatEndsLateDoesNotEndThePresentOne() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode node = cluster.node(first);
            Admission work = node.leadership().admit();
            // It is asked to give up, waits for its work, and loses the lease meanwhile: another leads.
            CompletableFuture<Boolean> resigned = node.leadership().resign();
            cluster.recorder(first).await(event -> event.startsWith("revoked"));
            cluster.network.isolate(first);
            long second = cluster.awaitLeader();
            cluster.network.heal();
            cluster.awaitFollows(first, second);
            // Then leadership comes back to it.
            cluster.transfer(first);
            long token = node.leadership().<Long>call(t -> t);

            work.close();

            assertThat(resigned).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(node.append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(node.append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);
            assertThat(node.leadership().<Long>call(t -> t)).isEqualTo(token);
        }
    }

    @Test
    void aLeadershipThatEndedBeforeItWasGrantedAgainDoesNotBlockLaterHandovers() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode node = cluster.node(first);
            // It loses its lease while it is away, and on its return first hears of the new ballot by the election.
            cluster.network.isolate(first);
            cluster.recorder(first).await(event -> event.startsWith("revoked"));
            long second = cluster.awaitLeader();
            cluster.network.drop(envelope ->
                    InMemoryNetwork.concerns(envelope, first) && !(envelope.message() instanceof ElectionMessage));
            NodeCluster.await(() -> node.status().phase() == Phase.RECOVER, "it leads on");
            cluster.network.heal();
            cluster.awaitFollows(first, second);
            cluster.transfer(first);

            CompletableFuture<Boolean> handedOver = node.handOver();

            assertThat(handedOver).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);
        }
    }

    @Test
    void aHandoverThatIsNotYetDrainedIsNotReportedAsDone() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeCluster::unhurried)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            try (Admission work = node.leadership().admit()) {
                CompletableFuture<Boolean> resigned = node.leadership().resign();
                Admission.Scope scope = work.bind();
                for (int i = 0; i < 5; i++) {
                    assertThat(node.append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);
                }
                scope.close();

                assertThat(resigned)
                        .as("work with token %d is running", work.fencingToken())
                        .isNotDone();
            }
        }
    }

    @Test
    void whereTheLeaseIsLostRunningWorkIsInterruptedIfThatIsWanted() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeHandoverTest::interrupting)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode node = cluster.node(first);
            CountDownLatch began = new CountDownLatch(1);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread worker = new Thread(() -> node.leadership().run(token -> {
                began.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException lost) {
                    interrupted.complete(node.leadership().isLeader());
                }
            }));
            worker.start();
            began.await();

            cluster.network.isolate(first);

            assertThat(interrupted).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(false);
            worker.join();
            NodeCluster.await(
                    () -> node.status().events().stream()
                            .anyMatch(event -> event.reason().contains("interrupted, as the lease was lost")),
                    "nobody is told of it");
        }
    }

    @Test
    void workThatEndedInTimeIsNotInterrupted() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeHandoverTest::interrupting)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            node.leadership().run(token -> {});

            assertThat(node.handOver()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);

            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(node.status().events())
                    .extracting(NodeEvent::reason)
                    .noneMatch(reason -> reason.contains("interrupted"));
        }
    }

    @Test
    void aNodeThatDoesNotStandIsNotAskedToTakeOver() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            List<Long> others = LongStream.rangeClosed(1, 3)
                    .filter(pid -> pid != first)
                    .boxed()
                    .toList();
            long observer = others.get(1);
            assertThat(cluster.node(observer).handOver())
                    .succeedsWithin(NodeCluster.PATIENCE)
                    .isEqualTo(false);
            long second = others.get(0);
            cluster.transfer(second);

            assertThat(cluster.node(second).leadership().transferTo(observer))
                    .succeedsWithin(NodeCluster.PATIENCE)
                    .isEqualTo(false);
            cluster.transfer(first);
            NodeCluster.await(() -> cluster.node(first).leadership().resign().join(), "it gives nothing up");

            assertThat(cluster.awaitLeader()).isEqualTo(second);
        }
    }

    private static NodeSettings interrupting(NodeSettings settings) {
        return settings.toBuilder().interruptsOnLoss(true).build();
    }

    @Test
    void clientsOfAnyNodeNoticeNothingOfAPlannedChange() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeCluster::unhurried)) {
            long first = cluster.awaitLeader();
            Queue<CompletableFuture<?>> asked = new ConcurrentLinkedQueue<>();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = LongStream.rangeClosed(1, 3)
                    .mapToObj(pid -> new Thread(() -> {
                        OmniPaxosNode node = cluster.node(pid);
                        while (!over.get()) {
                            asked.add(node.append(new byte[1]));
                            CompletableFuture<Long> read = node.readBarrier();
                            asked.add(read);
                            // However that ends: the test looks at all of them in the end.
                            read.exceptionally(failure -> 0L).join();
                        }
                    }))
                    .toList();
            clients.forEach(Thread::start);

            long leader = first;
            for (int change = 0; change < 6; change++) {
                long next = leader % 3 + 1;
                cluster.transfer(next);
                cluster.awaitFollows(leader, next);
                leader = next;
            }
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }

            assertThat(asked)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(answer -> assertThat(answer).succeedsWithin(NodeCluster.PATIENCE));
        }
    }

    @Test
    void aFailedNodeAnswersARequestToHandOver() throws Exception {
        ApplyOnly broken = (index, command) -> {
            throw new IllegalStateException("broken");
        };
        try (NodeCluster cluster = NodeCluster.ofOne(new MemoryStorage(), broken)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            CompletableFuture<?> unused = node.append(new byte[1]);
            NodeCluster.await(() -> node.status().state() == State.FAILED, "it runs on");

            assertThat(node.handOver()).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(false);
        }
    }

    @Test
    void aRequestToResignThatRacesWithTheEndIsAnswered() throws Exception {
        BlockingStorage storage = new BlockingStorage();
        try (NodeCluster cluster = NodeCluster.ofOne(storage, StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            storage.blockNextWrite();
            CompletableFuture<?> unused = node.append(new byte[1]);
            storage.awaitWrite();

            CompletableFuture<Boolean> handedOver = node.leadership().resign();
            Thread closing = new Thread(node::close);
            closing.start();
            NodeCluster.await(
                    () -> node.status().state() == State.STOPPED && closing.getState() == Thread.State.TIMED_WAITING,
                    "it does not wait for the write");
            storage.writeOn();
            closing.join();

            assertThat(handedOver).succeedsWithin(NodeCluster.PATIENCE);
        }
    }
}
