package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.message.ElectionMessage;
import io.omnipaxos.node.NodeStatus.Phase;
import io.omnipaxos.node.NodeStatus.State;
import io.omnipaxos.statemachine.StateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.concurrent.CompletableFuture;
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
            transfer(cluster, second, first);
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
            transfer(cluster, second, first);

            CompletableFuture<Boolean> handedOver = node.handOver();

            assertThat(handedOver).succeedsWithin(NodeCluster.PATIENCE).isEqualTo(true);
        }
    }

    @Test
    void aHandoverThatIsNotYetDrainedIsNotReportedAsDone() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
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

    /** Asks again as long as the successor cannot take over yet. */
    private static void transfer(NodeCluster cluster, long from, long to) {
        NodeCluster.await(
                () -> cluster.node(from).leadership().transferTo(to).join(), "node " + from + " gives nothing up");
        NodeCluster.await(() -> cluster.node(to).leadership().isLeader(), "the successor does not lead");
    }
}
