package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.node.NodeStatus.Phase;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeHandoverTest {

    @Test
    void workOfAnEarlierLeadershipThatEndsLateDoesNotEndThePresentOne() throws Exception {
        try (ReviewCluster cluster = new ReviewCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode node = cluster.node(first);
            Admission work = node.leadership().admit();
            // It is asked to give up, waits for its work, and loses the lease meanwhile: another leads.
            CompletableFuture<Boolean> resigned = node.leadership().resign();
            cluster.eventsOf(first).take();
            assertThat(cluster.eventsOf(first).take()).startsWith("revoked");
            cluster.dropped = envelope -> envelope.from() == first || envelope.to() == first;
            long second = cluster.awaitLeaderOtherThan(first);
            cluster.dropped = envelope -> false;
            cluster.awaitFollows(first, second);
            // Then leadership comes back to it.
            transfer(cluster, second, first);
            long token = node.leadership().<Long>call(t -> t);

            work.close();
            Thread.sleep(1000);

            assertThat(node.leadership().isLeader()).isTrue();
            assertThat(node.leadership().<Long>call(t -> t)).isEqualTo(token);
            assertThat(resigned).isDone();
        }
    }

    @Test
    void aLeadershipThatEndedBeforeItWasGrantedAgainDoesNotBlockLaterHandovers() throws Exception {
        try (ReviewCluster cluster = new ReviewCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode node = cluster.node(first);
            // It loses its lease while it is away, and on its return first hears of the new ballot by the election.
            cluster.dropped = envelope -> envelope.from() == first || envelope.to() == first;
            long second = cluster.awaitLeaderOtherThan(first);
            cluster.dropped = envelope -> (envelope.from() == first || envelope.to() == first)
                    && !(envelope.message() instanceof ElectionMessage);
            ReviewCluster.await(() -> node.status().phase() == Phase.RECOVER, "it leads on");
            cluster.dropped = envelope -> false;
            cluster.awaitFollows(first, second);
            transfer(cluster, second, first);

            CompletableFuture<Boolean> handedOver = node.handOver();

            assertThat(handedOver).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(true);
        }
    }

    @Test
    void aHandoverThatIsNotYetDrainedIsNotReportedAsDone() throws Exception {
        try (ReviewCluster cluster = new ReviewCluster(3)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            try (Admission work = node.leadership().admit()) {
                CompletableFuture<Boolean> resigned = node.leadership().resign();
                Thread.sleep(1000);

                assertThat(resigned)
                        .as("work with token %d is running", work.fencingToken())
                        .isNotDone();
            }
        }
    }

    @Test
    void aFailedNodeAnswersARequestToHandOver() throws Exception {
        StateMachine broken = (index, command) -> {
            throw new IllegalStateException("broken");
        };
        try (ReviewCluster cluster = ReviewCluster.ofOne(new MemoryStorage(), broken)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            CompletableFuture<?> unused = node.append(new byte[1]);
            ReviewCluster.await(() -> node.status().state() == State.FAILED, "it runs on");

            assertThat(node.handOver()).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(false);
        }
    }

    @Test
    void aRequestToResignThatRacesWithTheEndIsAnswered() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch writeOn = new CountDownLatch(1);
        BlockingStorage storage = new BlockingStorage(writing, writeOn);
        try (ReviewCluster cluster = ReviewCluster.ofOne(storage, StateMachine.NONE)) {
            OmniPaxosNode node = cluster.node(cluster.awaitLeader());
            storage.blockNextWrite();
            CompletableFuture<?> unused = node.append(new byte[1]);
            writing.await();

            CompletableFuture<Boolean> handedOver = node.leadership().resign();
            Thread closing = new Thread(node::close);
            closing.start();
            ReviewCluster.await(() -> node.status().state() == State.STOPPED, "it is not closed");
            Thread.sleep(50);
            writeOn.countDown();
            closing.join();

            assertThat(handedOver).succeedsWithin(5, TimeUnit.SECONDS);
        }
    }

    private static void transfer(ReviewCluster cluster, long from, long to) throws Exception {
        for (int i = 0; i < 100 && !cluster.node(to).leadership().isLeader(); i++) {
            if (cluster.node(from).leadership().transferTo(to).get(15, TimeUnit.SECONDS)) {
                ReviewCluster.await(() -> cluster.node(to).leadership().isLeader(), "the successor does not lead");
            }
            Thread.sleep(20);
        }
        assertThat(cluster.node(to).leadership().isLeader()).isTrue();
    }
}
