package io.omnipaxos.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeadershipScope;
import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import io.omnipaxos.spring.node.ClusterReconfiguration;
import io.omnipaxos.spring.node.RestartableNode;
import io.omnipaxos.spring.node.StorageFactory;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.state.ReplicatedLog;
import io.omnipaxos.spring.state.ReplicatedMap;
import io.omnipaxos.spring.state.ReplicatedMaps;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigureTestLeadership
class TestLeadershipTests {

    @Autowired
    private ApplicationContext context;

    @Autowired
    private TestLeadership leadership;

    @Autowired
    @Qualifier("recorder")
    private LeadershipRecorder recorder;

    @Autowired
    private Work work;

    @Autowired
    private ReplicatedMap<String> map;

    @Autowired
    private Progress progress;

    @BeforeEach
    void forget() {
        recorder.taken();
        recorder.onElected(unused -> {});
    }

    @Test
    void thereIsNoNode() {
        assertThat(context.getBeansOfType(RestartableNode.class)).isEmpty();
        assertThat(context.getBeansOfType(StorageFactory.class)).isEmpty();
        assertThat(context.getBeansOfType(TransportFactory.class)).isEmpty();
        assertThat(context.getBean(Leadership.class)).isSameAs(leadership);
        assertThat(context.getBean(NodeSettings.class).pid()).isEqualTo(1);
        assertThat(context.getBean(ClusterReconfiguration.class)).isNotNull();
        assertThat(context.getBean(ReplicatedLog.class)).isNotNull();
    }

    @Test
    void nobodyLeadsAtFirst() {
        assertThat(leadership.isLeader()).isFalse();
        assertThat(leadership.leader()).isEmpty();
        assertThat(leadership.leaseRemaining()).isEmpty();
        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(work::token)
                .withMessageContaining("Work.token() runs on the leader only")
                .withMessageContaining("no leader is known");
    }

    @Test
    void callbacksAndEventsAreOverWhenAChangeReturns() {
        Tenure tenure = leadership.elect();

        assertThat(recorder.taken())
                .containsExactly(
                        "elected " + tenure.fencingToken() + " leading",
                        "event elected",
                        "changed to 1",
                        "event changed");

        leadership.revoke();

        assertThat(recorder.taken())
                .containsExactly(
                        "revoked " + tenure.fencingToken(), "event revoked", "changed to none", "event changed");
    }

    @Test
    void whatIsSoAlreadyIsToldNobody() {
        leadership.revoke();
        leadership.revoke();

        assertThat(recorder.taken()).isEmpty();
    }

    @Test
    void eachElectionHasAHigherTokenAndRevokesTheOneBefore() {
        Tenure first = leadership.elect();
        Tenure second = leadership.elect();

        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        assertThat(second.ballot().isAbove(first.ballot())).isTrue();
        assertThat(work.token()).isEqualTo(second.fencingToken());
        assertThat(recorder.taken())
                .contains("revoked " + first.fencingToken())
                .containsSubsequence("event revoked", "elected " + second.fencingToken() + " leading");
    }

    @Test
    void anotherNodeLeads() {
        leadership.electOther(7);

        assertThat(leadership.leader())
                .hasValueSatisfying(leader -> assertThat(leader.pid()).isEqualTo(7));
        assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(work::token)
                .satisfies(refused ->
                        assertThat(refused.leader().orElseThrow().pid()).isEqualTo(7));
        assertThat(recorder.taken()).containsExactly("changed to 7", "event changed");
    }

    @Test
    void anotherNodeHasAnotherPid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> leadership.electOther(1))
                .withMessageContaining("elect()");
    }

    @Test
    void theTokenBelongsToTheThreadOfTheWork() {
        long token = leadership.elect().fencingToken();

        assertThatExceptionOfType(NotLeaderException.class).isThrownBy(leadership::fencingToken);
        leadership.run(bound -> {
            assertThat(bound).isEqualTo(token);
            assertThat(leadership.fencingToken()).isEqualTo(token);
            assertThat(CompletableFuture.supplyAsync(leadership::fencingToken))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(NotLeaderException.class);
        });
    }

    @Test
    void workOfAnEarlierLeadershipKeepsItsTokenAndIsRefused() {
        long old = leadership.elect().fencingToken();

        leadership.run(token -> {
            leadership.electOther(2);
            leadership.elect();

            assertThat(leadership.fencingToken()).isEqualTo(old);
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(work::token)
                    .withMessageContaining("earlier leadership");
            assertThatExceptionOfType(AppendException.class)
                    .isThrownBy(() -> map.put("late", "write"))
                    .satisfies(refused -> assertThat(refused.outcome()).isEqualTo(Outcome.STALE_TOKEN));
        });

        assertThat(map.get("late")).isEmpty();
    }

    @Test
    @SuppressWarnings("try")
    void workThatIsOverHasNoToken() {
        leadership.elect();
        Admission admission = leadership.admit();
        try (Admission.Scope scope = admission.bind()) {
            admission.close();

            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(leadership::fencingToken);
            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(() -> map.put("late", "write"));
        }
    }

    @Test
    void mapsWorkWhoeverLeads() {
        map.put("outside", "of leader-only work");
        leadership.elect();
        leadership.run(token -> map.putIfAbsent("inside", "with the token"));

        assertThat(map.keys()).contains("outside", "inside");
    }

    @Test
    void whatACallbackThrowsIsSeenAndStopsNobodyElse() {
        RuntimeException broken = new IllegalArgumentException("broken on purpose");
        recorder.onElected(unused -> {
            throw broken;
        });

        assertThatExceptionOfType(CallbackError.class)
                .isThrownBy(leadership::elect)
                .withMessageContaining("@OnLeaderElected LeadershipRecorder.elected()")
                .withMessageContaining("broken on purpose")
                .withCause(broken);

        assertThat(leadership.isLeader()).isTrue();
        assertThat(recorder.taken()).contains("event elected", "changed to 1");
        leadership.revoke();
    }

    @Test
    void aCallbackCannotWaitForCallbacks() {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        recorder.onElected(unused -> {
            try {
                leadership.revoke();
            } catch (IllegalStateException refused) {
                thrown.set(refused);
            }
        });

        leadership.elect();

        assertThat(thrown.get()).hasMessageContaining("a callback cannot change the leadership");
    }

    @Test
    void aCallbackMayResign() {
        AtomicReference<CompletableFuture<Boolean>> resigned = new AtomicReference<>();
        recorder.onElected(present -> resigned.set(present.resign()));

        leadership.elect();

        assertThat(resigned.get().join()).isTrue();
        assertThat(leadership.isLeader()).isFalse();
    }

    @Test
    void aPlannedEndHoldsTheLeaseUntilTheWorkIsOver() {
        long token = leadership.elect().fencingToken();
        recorder.taken();
        CompletableFuture<Boolean> resigned = leadership.call(unused -> {
            CompletableFuture<Boolean> asked = leadership.resign();
            recorder.awaitRevoked();
            assertThat(leadership.isLeader()).isFalse();
            assertThat(leadership.holdsLease(token)).isTrue();
            // What the work calls is a part of it, and may end as well.
            assertThat(work.token()).isEqualTo(token);
            assertThat(asked).isNotDone();
            return asked;
        });

        assertThat(resigned.join()).isTrue();
        assertThat(leadership.holdsLease(token)).isFalse();
        assertThat(leadership.leader()).isEmpty();
        assertThat(recorder.taken())
                .containsExactly(
                        "revoked " + token + " holding the lease", "event revoked", "changed to none", "event changed");
    }

    @Test
    void aPlannedEndWaitsForWhatTheWorkWentOnTo() {
        leadership.elect();
        AtomicReference<Admission> part = new AtomicReference<>();
        recorder.taken();
        CompletableFuture<Boolean> resigned = leadership.call(token -> {
            CompletableFuture<Boolean> asked = leadership.resign();
            recorder.awaitRevoked();
            part.set(leadership.admit());
            return asked;
        });

        assertThat(leadership.leaseRemaining()).isPresent();
        assertThat(resigned).isNotDone();
        part.get().close();
        assertThat(resigned.join()).isTrue();
    }

    @Test
    void leadershipIsTransferredToWhomTheApplicationNames() {
        assertThat(leadership.transferTo(3).join()).isFalse();

        leadership.elect();
        assertThat(leadership.transferTo(1).join()).isFalse();
        assertThat(leadership.transferTo(3).join()).isTrue();

        assertThat(leadership.leader().orElseThrow().pid()).isEqualTo(3);
        assertThat(leadership.transferTo(0)).isCompletedExceptionally();
        assertThat(leadership.resign().join()).isFalse();
    }

    @Test
    void aLateBeanIsToldAtOnce() {
        leadership.elect();

        context.getBean(LateBean.class).awaitElected();
    }

    @Test
    void aContextThatClosesTellsItsBeans() {
        LeadershipRecorder told = new LeadershipRecorder();
        AtomicReference<TestLeadership> closed = new AtomicReference<>();
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(TestLeadershipAutoConfiguration.class, OmniPaxosAutoConfiguration.class))
                .withPropertyValues("omnipaxos.enabled=false")
                .withBean(LeadershipRecorder.class, () -> told)
                .run(other -> {
                    closed.set(other.getBean(TestLeadership.class));
                    closed.get().elect();
                });

        assertThat(told.taken()).contains("elected 1 leading", "revoked 1", "event revoked");
        assertThatIllegalStateException().isThrownBy(closed.get()::elect).withMessageContaining("closed");
    }

    @Test
    void beansOfOneLeadershipEndWithItsWork() {
        leadership.elect();
        CountDownLatch first = leadership.call(token -> {
            CountDownLatch destroyed = progress.destroyed();
            leadership.revoke();
            assertThat(progress.destroyed()).isSameAs(destroyed);
            assertThat(destroyed.getCount()).isOne();
            return destroyed;
        });
        LeadershipRecorder.await(first);

        leadership.elect();
        CountDownLatch second = leadership.call(token -> progress.destroyed());
        assertThat(second).isNotSameAs(first);
        leadership.revoke();
        assertThat(second.getCount()).isZero();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        LeadershipRecorder recorder() {
            return new LeadershipRecorder();
        }

        @Bean
        Work work(Leadership leadership) {
            return new Work(leadership);
        }

        @Bean
        ReplicatedMap<String> map(ReplicatedMaps maps) {
            return maps.get("map");
        }

        @Bean
        @LeadershipScope
        Progress progress() {
            return new Progress();
        }

        @Bean
        @Lazy
        LateBean lateBean() {
            return new LateBean();
        }
    }

    static class Work {

        private final Leadership leadership;

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        @LeaderOnly
        long token() {
            return leadership.fencingToken();
        }
    }

    static class Progress {

        private final CountDownLatch destroyed = new CountDownLatch(1);

        CountDownLatch destroyed() {
            return destroyed;
        }

        @PreDestroy
        void destroy() {
            destroyed.countDown();
        }
    }

    static class LateBean extends LeadershipRecorder {}
}
