package io.omnipaxos.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.leadership.Leadership;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks of the application that hang, or that act themselves: the node goes on without them. */
@Timeout(120)
class SlowCallbacksTest {

    private final CountDownLatch released = new CountDownLatch(1);

    /** Before the nodes are closed, as they wait for their callbacks; in any case at the end. */
    @AfterEach
    void release() {
        released.countDown();
    }

    @Test
    void whoIsToldThatItLeadsDoesLead() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            long next = first % 3 + 1;
            Leadership leadership = cluster.node(next).leadership();
            CompletableFuture<Long> seen = new CompletableFuture<>();
            cluster.recorder(next).whenElected(() -> leadership.run(seen::complete));

            cluster.transfer(next);

            assertThat(seen).succeedsWithin(NodeCluster.PATIENCE);
        }
    }

    @Test
    void aLeaderThatIsStillBeingToldSoHoldsItsLeaseAndDecides() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            long next = first % 3 + 1;
            CountDownLatch told = new CountDownLatch(1);
            cluster.recorder(next).whenElected(() -> hang(told));
            cluster.transfer(next);
            told.await();
            OmniPaxosNode leader = cluster.node(next);
            long token = leader.leadership().<Long>call(t -> t);
            long leases = 2 * leader.settings().leaseDuration().toNanos();

            long begun = System.nanoTime();
            while (System.nanoTime() - begun < leases) {
                assertThat(cluster.node(first).append(new byte[1])).succeedsWithin(NodeCluster.PATIENCE);
            }

            assertThat(leader.leadership().<Long>call(t -> t)).isEqualTo(token);
            release();
        }
    }

    @Test
    void aLeaderThatCannotBeToldThatItIsOverLeadsNoMoreAllTheSame() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            long next = first % 3 + 1;
            CountDownLatch told = new CountDownLatch(1);
            cluster.recorder(next).whenElected(() -> hang(told));
            cluster.transfer(next);
            told.await();

            cluster.network.isolate(next);
            NodeCluster.await(() -> !cluster.node(next).leadership().isLeader(), "it believes that it leads");

            assertThat(cluster.awaitLeader()).isNotEqualTo(next);
            assertThat(cluster.recorder(next).events).noneMatch(event -> event.startsWith("revoked"));
            release();
        }
    }

    @Test
    void aHandoverWaitsNoLongerForACallbackThanItsTimeout() throws Exception {
        try (NodeCluster cluster = new NodeCluster(
                3,
                settings -> settings.toBuilder()
                        .revokeTimeout(Duration.ofMillis(100))
                        .build())) {
            long first = cluster.awaitLeader();
            cluster.recorder(first).whenRevoked(() -> hang(new CountDownLatch(1)));

            assertThat(cluster.node(first).handOver())
                    .succeedsWithin(NodeCluster.PATIENCE)
                    .isEqualTo(true);

            assertThat(cluster.awaitLeader()).isNotEqualTo(first);
            assertThat(cluster.node(first).status().events())
                    .extracting(NodeEvent::reason)
                    .contains("the revoked callback did not return within PT0.1S");
        }
    }

    @Test
    void aCallbackMayHandLeadershipOn() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            long second = first % 3 + 1;
            long third = second % 3 + 1;
            Leadership leadership = cluster.node(second).leadership();
            cluster.recorder(second).whenElected(() -> handOn(leadership, third));

            NodeCluster.await(
                    () -> cluster.leaders().stream()
                            .anyMatch(leader -> cluster.node(leader)
                                    .leadership()
                                    .transferTo(second)
                                    .join()),
                    "nobody gives anything up");

            cluster.recorder(second).await(event -> event.startsWith("elected"));
            cluster.recorder(second).await(event -> event.startsWith("revoked"));
            cluster.recorder(third).await(event -> event.startsWith("elected"));
            assertThat(cluster.leaders()).containsExactly(third);
        }
    }

    /** Again as long as the successor is not in step, as it may be just after an election. */
    private static void handOn(Leadership leadership, long successor) {
        CompletableFuture<Void> unused = leadership.transferTo(successor).thenAccept(given -> {
            if (!given && leadership.isLeader()) {
                handOn(leadership, successor);
            }
        });
    }

    private void hang(CountDownLatch told) {
        told.countDown();
        try {
            released.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
