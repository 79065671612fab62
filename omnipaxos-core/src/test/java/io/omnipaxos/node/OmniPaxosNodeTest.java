package io.omnipaxos.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OmniPaxosNodeTest {

    @Test
    void aNodeAloneLeadsAndCommits() throws Exception {
        try (NodeCluster cluster = new NodeCluster(1)) {
            cluster.recorder(1L).await(event -> event.startsWith("elected"));

            Committed committed =
                    cluster.node(1L).append("first".getBytes(UTF_8)).get(20, TimeUnit.SECONDS);

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
                append.get(20, TimeUnit.SECONDS);
            }

            for (long pid = 1; pid <= 3; pid++) {
                cluster.node(pid).readBarrier().get(20, TimeUnit.SECONDS);
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
            assertThatThrownBy(() -> cluster.node(first).append(new byte[1]).get(20, TimeUnit.SECONDS))
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
        try (NodeCluster cluster = new NodeCluster(3, NodeCluster::unhurried)) {
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
            assertThat(handedOver.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(cluster.awaitLeader()).isNotEqualTo(first);
        }
    }

    @Test
    void aHandoverKeepsTheLeaseForAsLongAsWorkRuns() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeCluster::unhurried)) {
            long first = cluster.awaitLeader();
            OmniPaxosNode leader = cluster.node(first);
            Admission work = leader.leadership().admit();

            CompletableFuture<Boolean> handedOver = leader.handOver();
            Admission.Scope scope = work.bind();
            leader.append(new byte[] {1}).get(20, TimeUnit.SECONDS);
            awaitRenewal(leader);
            leader.append(new byte[] {1}).get(20, TimeUnit.SECONDS);
            scope.close();

            assertThat(leader.leadership().leaseRemaining()).isPresent();
            assertThat(handedOver).isNotDone();
            work.close();
            assertThat(handedOver.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTransferMovesLeadershipToTheNamedNode() throws Exception {
        try (NodeCluster cluster = new NodeCluster(3, NodeCluster::unhurried)) {
            long first = cluster.awaitLeader();
            long target = first == 1 ? 2 : 1;
            cluster.recorder(target).await(event -> event.equals("changed " + first));

            NodeCluster.await(
                    () -> cluster.node(first).leadership().transferTo(target).join(), "it gives nothing up");

            cluster.recorder(target).await(event -> event.startsWith("elected"));
            assertThat(cluster.node(first).leadership().transferTo(target).get(20, TimeUnit.SECONDS))
                    .isFalse();
            assertThatThrownBy(
                            () -> cluster.node(first).leadership().transferTo(9).get(20, TimeUnit.SECONDS))
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
            CountDownLatch admitted = new CountDownLatch(1);
            CountDownLatch deposed = new CountDownLatch(1);
            CompletableFuture<Committed> late = new CompletableFuture<>();
            Thread worker = new Thread(() -> old.leadership().run(token -> {
                admitted.countDown();
                await(deposed);
                CompletableFuture<Committed> unused = old.append("late".getBytes(UTF_8))
                        .whenComplete((committed, failure) -> {
                            if (failure == null) {
                                late.complete(committed);
                            } else {
                                late.completeExceptionally(failure);
                            }
                        });
            }));
            worker.start();
            await(admitted);

            cluster.network.isolate(first);
            cluster.recorder(first).await(event -> event.startsWith("revoked"));
            long second = cluster.awaitLeader();
            cluster.network.heal();
            cluster.recorder(first).await(event -> event.equals("changed " + second));
            deposed.countDown();

            assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            AppendException.class,
                            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.STALE_TOKEN));
            cluster.node(second).readBarrier().get(20, TimeUnit.SECONDS);
            assertThat(cluster.recorder(second).applied()).doesNotContain("late");
        }
    }

    /** Until the lease holds for longer than before. */
    private static void awaitRenewal(OmniPaxosNode leader) {
        AtomicReference<Duration> before = new AtomicReference<>(Duration.ofDays(1));
        NodeCluster.await(
                () -> {
                    Duration now = leader.leadership().leaseRemaining().orElse(Duration.ZERO);
                    return now.compareTo(before.getAndSet(now)) > 0;
                },
                "the lease is not renewed");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
