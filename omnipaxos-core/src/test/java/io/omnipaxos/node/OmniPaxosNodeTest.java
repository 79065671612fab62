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
            cluster.recorder(1L).await(event -> event.startsWith("elected"));

            Committed committed =
                    cluster.node(1L).append("first".getBytes(UTF_8)).get(5, TimeUnit.SECONDS);

            assertThat(committed.index()).isEqualTo(2);
            assertThat(new String(committed.result(), UTF_8)).isEqualTo("applied 2");
        }
    }

    @Test
    void anAppendAtAnyNodeIsAppliedOnceOnAll() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            cluster.awaitLeader();
            for (long pid = 1; pid <= 3; pid++) {
                cluster.recorder(pid).await(event -> event.startsWith("changed ") && !event.endsWith("none"));
            }

            List<CompletableFuture<Committed>> appends = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                appends.add(cluster.node(1L + i % 3).append(("command " + i).getBytes(UTF_8)));
            }
            for (CompletableFuture<Committed> append : appends) {
                append.get(10, TimeUnit.SECONDS);
            }

            for (long pid = 1; pid <= 3; pid++) {
                cluster.node(pid).readBarrier().get(5, TimeUnit.SECONDS);
                assertThat(cluster.recorder(pid).applied())
                        .doesNotHaveDuplicates()
                        .hasSize(300);
                assertThat(cluster.recorder(pid).applied())
                        .isEqualTo(cluster.recorder(1L).applied());
            }
        }
    }

    @Test
    void anIsolatedLeaderStopsAndAnotherLeadsWithAHigherToken() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            long token = cluster.node(first).leadership().call(t -> t);

            cluster.network.isolate(first);
            cluster.recorder(first).await(event -> event.startsWith("revoked"));

            assertThat(cluster.node(first).leadership().isLeader()).isFalse();
            assertThatThrownBy(() -> cluster.node(first).append(new byte[1]).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            AppendException.class,
                            failure -> assertThat(failure.outcome()).isIn(Outcome.NO_LEADER, Outcome.UNKNOWN));
            long second = cluster.awaitLeader();
            assertThat(second).isNotEqualTo(first);
            assertThat(cluster.node(second).leadership().<Long>call(t -> t)).isGreaterThan(token);
        }
    }

    @Test
    void ofTwoNeitherLeadsWithoutTheOther() throws Exception {
        try (NodeCluster cluster = new NodeCluster(2)) {
            long first = cluster.awaitLeader();

            cluster.network.isolate(first);
            cluster.recorder(first).await(event -> event.startsWith("revoked"));

            assertThat(cluster.leaders()).isEmpty();
            cluster.network.heal();
            assertThat(cluster.awaitLeader()).isIn(1L, 2L);
        }
    }

    @Test
    void aHandoverWaitsForRunningWorkAndThenAnotherLeads() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode leader = cluster.node(first);
            Admission work = leader.leadership().admit();

            CompletableFuture<Boolean> handedOver = leader.handOver();
            cluster.recorder(first).await(event -> event.startsWith("revoked"));

            assertThat(handedOver).isNotDone();
            assertThat(leader.leadership().isLeader()).isFalse();
            assertThatThrownBy(() -> leader.leadership().admit()).isInstanceOf(NotLeaderException.class);
            assertThat(cluster.leaders()).isEmpty();
            work.close();
            assertThat(handedOver.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(cluster.awaitLeader()).isNotEqualTo(first);
        }
    }

    @Test
    void aHandoverKeepsTheLeaseForAsLongAsWorkRuns() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode leader = cluster.node(first);
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
            long first = cluster.awaitLeader();
            long target = first == 1 ? 2 : 1;
            cluster.recorder(target).await(event -> event.equals("changed " + first));

            assertThat(cluster.node(first).leadership().transferTo(target).get(10, TimeUnit.SECONDS))
                    .isTrue();

            cluster.recorder(target).await(event -> event.startsWith("elected"));
            assertThat(cluster.node(first).leadership().transferTo(target).get(10, TimeUnit.SECONDS))
                    .isFalse();
            assertThatThrownBy(
                            () -> cluster.node(first).leadership().transferTo(9).get(1, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, 2, 3]");
        }
    }

    @Test
    void aTokenIsOnlyKnownInsideOfItsWork() throws Exception {
        try (NodeCluster cluster = new NodeCluster(1)) {
            cluster.recorder(1L).await(event -> event.startsWith("elected"));
            OmniPaxosNode node = cluster.node(1L);

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
            long first = cluster.awaitLeader();
            OmniPaxosNode old = cluster.node(first);
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
            cluster.recorder(first).await(event -> event.startsWith("revoked"));
            long second = cluster.awaitLeader();
            cluster.network.heal();
            cluster.recorder(first).await(event -> event.equals("changed " + second));
            deposed.countDown();

            assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.STALE_TOKEN);
            cluster.node(second).readBarrier().get(5, TimeUnit.SECONDS);
            assertThat(cluster.recorder(second).applied()).doesNotContain("late");
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
