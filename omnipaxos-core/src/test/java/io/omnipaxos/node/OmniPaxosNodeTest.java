package io.omnipaxos.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OmniPaxosNodeTest {

    @Test
    void aNodeAloneLeadsAndCommits() throws Exception {
        try (NodeCluster cluster = new NodeCluster(1)) {
            cluster.recorders.get(1L).await(event -> event.startsWith("elected"));

            Committed committed =
                    cluster.nodes.get(1L).append("first".getBytes(UTF_8)).get(5, TimeUnit.SECONDS);

            assertThat(committed.index()).isEqualTo(2);
            assertThat(new String(committed.result(), UTF_8)).isEqualTo("applied 2");
        }
    }

    @Test
    void anAppendAtAnyNodeIsAppliedOnceOnAll() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            cluster.awaitElected();
            for (long pid = 1; pid <= 3; pid++) {
                cluster.recorders.get(pid).await(event -> event.startsWith("changed ") && !event.endsWith("none"));
            }

            List<CompletableFuture<Committed>> appends = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                appends.add(cluster.nodes.get(1L + i % 3).append(("command " + i).getBytes(UTF_8)));
            }
            for (CompletableFuture<Committed> append : appends) {
                append.get(10, TimeUnit.SECONDS);
            }

            for (long pid = 1; pid <= 3; pid++) {
                cluster.nodes.get(pid).readBarrier().get(5, TimeUnit.SECONDS);
                assertThat(cluster.recorders.get(pid).applied())
                        .doesNotHaveDuplicates()
                        .hasSize(300);
                assertThat(cluster.recorders.get(pid).applied())
                        .isEqualTo(cluster.recorders.get(1L).applied());
            }
        }
    }

    @Test
    void anIsolatedLeaderStopsAndAnotherLeadsWithAHigherToken() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitElected();
            long token = cluster.nodes.get(first).leadership().call(t -> t);

            cluster.network.isolate(first);
            cluster.recorders.get(first).await(event -> event.startsWith("revoked"));

            assertThat(cluster.nodes.get(first).leadership().isLeader()).isFalse();
            assertThatThrownBy(
                            () -> cluster.nodes.get(first).append(new byte[1]).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            AppendException.class,
                            failure -> assertThat(failure.outcome()).isIn(Outcome.NO_LEADER, Outcome.UNKNOWN));
            long second = cluster.awaitElected();
            assertThat(second).isNotEqualTo(first);
            assertThat(cluster.nodes.get(second).leadership().<Long>call(t -> t))
                    .isGreaterThan(token);
        }
    }

    @Test
    void aHandoverWaitsForRunningWorkAndThenAnotherLeads() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitElected();
            OmniPaxosNode leader = cluster.nodes.get(first);
            Admission work = leader.leadership().admit();

            CompletableFuture<Boolean> handedOver = leader.handOver();
            cluster.recorders.get(first).await(event -> event.startsWith("revoked"));

            assertThat(handedOver).isNotDone();
            assertThat(leader.leadership().isLeader()).isFalse();
            assertThatThrownBy(() -> leader.leadership().admit()).isInstanceOf(NotLeaderException.class);
            assertThat(cluster.nodes.values().stream()
                            .filter(node -> node.leadership().isLeader()))
                    .isEmpty();
            work.close();
            assertThat(handedOver.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(cluster.awaitElected()).isNotEqualTo(first);
        }
    }

    @Test
    void aHandoverKeepsTheLeaseForAsLongAsWorkRuns() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitElected();
            OmniPaxosNode leader = cluster.nodes.get(first);
            long manyLeases = 2 * leader.settings().leaseDuration().toNanos();
            Admission work = leader.leadership().admit();

            CompletableFuture<Boolean> handedOver = leader.handOver();
            long begun = System.nanoTime();
            Admission.Scope scope = work.bind();
            while (System.nanoTime() - begun < manyLeases) {
                leader.append(new byte[] {1}).get(5, TimeUnit.SECONDS);
            }
            scope.close();

            assertThat(leader.leadership().leaseRemaining()).isPresent();
            assertThat(handedOver).isNotDone();
            work.close();
            assertThat(handedOver.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTransferMovesLeadershipToTheNamedNode() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitElected();
            long target = first == 1 ? 2 : 1;
            cluster.recorders.get(target).await(event -> event.equals("changed " + first));

            assertThat(cluster.nodes.get(first).leadership().transferTo(target).get(10, TimeUnit.SECONDS))
                    .isTrue();

            cluster.recorders.get(target).await(event -> event.startsWith("elected"));
            assertThat(cluster.nodes.get(first).leadership().transferTo(target).get(10, TimeUnit.SECONDS))
                    .isFalse();
            assertThatThrownBy(() ->
                            cluster.nodes.get(first).leadership().transferTo(9).get(1, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, 2, 3]");
        }
    }

    @Test
    void aTokenIsOnlyKnownInsideOfItsWork() throws Exception {
        try (NodeCluster cluster = new NodeCluster(1)) {
            cluster.recorders.get(1L).await(event -> event.startsWith("elected"));
            OmniPaxosNode node = cluster.nodes.get(1L);

            assertThatThrownBy(() -> node.leadership().fencingToken()).isInstanceOf(NotLeaderException.class);
            long inside = node.leadership().call(token -> {
                assertThat(node.leadership().fencingToken()).isEqualTo(token);
                return token;
            });
            assertThat(inside).isPositive();
        }
    }

    @Test
    void aCommandOfADeposedLeaderIsNotApplied() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitElected();
            OmniPaxosNode old = cluster.nodes.get(first);
            CountDownLatch deposed = new CountDownLatch(1);
            CompletableFuture<Outcome> late =
                    CompletableFuture.supplyAsync(() -> old.leadership().call(token -> {
                        await(deposed);
                        try {
                            old.append("late".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
                            throw new AssertionError("a late write landed");
                        } catch (ExecutionException failure) {
                            return ((AppendException) failure.getCause()).outcome();
                        } catch (Exception other) {
                            throw new AssertionError(other);
                        }
                    }));

            cluster.network.isolate(first);
            cluster.recorders.get(first).await(event -> event.startsWith("revoked"));
            long second = cluster.awaitElected();
            cluster.network.heal();
            cluster.recorders.get(first).await(event -> event.equals("changed " + second));
            deposed.countDown();

            assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.STALE_TOKEN);
            cluster.nodes.get(second).readBarrier().get(5, TimeUnit.SECONDS);
            assertThat(cluster.recorders.get(second).applied()).doesNotContain("late");
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
