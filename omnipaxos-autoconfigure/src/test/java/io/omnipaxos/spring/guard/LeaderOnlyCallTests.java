package io.omnipaxos.spring.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeaderOnly.Otherwise;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;

class LeaderOnlyCallTests {

    private final FakeLeadership leadership = new FakeLeadership();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withBean(Leadership.class, () -> leadership)
            .withUserConfiguration(GuardConfiguration.class)
            .withBean(Work.class);

    @Test
    void runsOnTheLeaderWithTheTokenOfItsAdmission() {
        leadership.lead(42);

        run(work -> assertThat(work.token()).isEqualTo(42));

        assertThat(leadership.openAdmissions()).isZero();
    }

    @Test
    void countsOneOutcomeForEachCall() {
        contextRunner.withUserConfiguration(TwoNames.class).run(context -> {
            LeaderOnlyCalls calls = context.getBean(LeaderOnlyCalls.class);
            Work byAnotherName = context.getBean("again", Work.class);

            leadership.lead(42);
            byAnotherName.token();
            assertThat(calls.count(Outcome.RUN)).isEqualTo(1);
            assertThat(leadership.admittedOn()).hasSize(1);

            leadership.follow(3);
            byAnotherName.skipped();
            assertThatExceptionOfType(NotLeaderException.class).isThrownBy(byAnotherName::token);
            assertThat(calls.count(Outcome.RUN)).isEqualTo(1);
            assertThat(calls.count(Outcome.SKIPPED)).isEqualTo(1);
            assertThat(calls.count(Outcome.REJECTED)).isEqualTo(1);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoNames {

        @Bean
        Work again(Work work) {
            return work;
        }
    }

    @Test
    void rejectsElsewhereWithTheLeader() {
        leadership.follow(3);

        run(work -> assertThatExceptionOfType(NotLeaderException.class)
                .isThrownBy(work::token)
                .withMessageContaining("Work.token() runs on the leader only")
                .satisfies(rejected -> assertThat(rejected.leader()).contains(FakeLeadership.leader(3))));
    }

    @Test
    void skipsElsewhereWhenToldTo() {
        leadership.follow(3);

        run(work -> {
            work.skipped();
            assertThat(work.done()).isEmpty();
        });
    }

    @Test
    void skipsScheduledMethodsAndEventListenersByItself() {
        leadership.follow(3);

        contextRunner.run(context -> {
            context.getBean(Work.class).scheduled();
            context.publishEvent("an event");
            assertThat(context.getBean(Work.class).done()).isEmpty();
        });
    }

    @Test
    void rejectsOtherVoidMethodsByItself() {
        leadership.follow(3);

        run(work ->
                assertThatExceptionOfType(NotLeaderException.class).isThrownBy(() -> work.record("not on the leader")));
    }

    @Test
    void endsTheAdmissionWhenTheWorkThrows() {
        leadership.lead(1);

        run(work -> assertThatIllegalStateException().isThrownBy(work::fails).withMessage("broken"));

        assertThat(leadership.openAdmissions()).isZero();
    }

    @Test
    void countsAsRunningUntilTheFutureCompletes() {
        leadership.lead(1);

        run(work -> {
            CompletableFuture<String> result = new CompletableFuture<>();
            assertThat(work.later(result)).isSameAs(result);
            assertThat(leadership.openAdmissions()).isOne();
            result.complete("done");
            assertThat(leadership.openAdmissions()).isZero();
        });
    }

    @Test
    void countsAsRunningUntilTheFutureFails() {
        leadership.lead(1);

        run(work -> {
            CompletableFuture<String> result = new CompletableFuture<>();
            work.later(result);
            result.completeExceptionally(new CompletionException(new IllegalStateException()));
            assertThat(leadership.openAdmissions()).isZero();
        });
    }

    @Test
    void letsAdmittedWorkGoOnWhileTheNodeDrains() {
        leadership.lead(5);

        contextRunner.withBean(Outer.class).run(context -> {
            context.getBean(Outer.class).drainThenCall(leadership);
            assertThat(context.getBean(Work.class).done()).containsExactly("within 5");
        });
    }

    @Test
    void countsTheFutureOfNestedWorkWhileTheNodeDrains() {
        leadership.lead(5);

        contextRunner.withBean(Outer.class).run(context -> {
            CompletableFuture<String> result = new CompletableFuture<>();
            context.getBean(Outer.class).drainThenCallLater(leadership, result);
            assertThat(leadership.openAdmissions()).isOne();
            result.complete("done");
            assertThat(leadership.openAdmissions()).isZero();
        });
    }

    @Test
    void refusesNestedWorkOnceTheLeaseIsLost() {
        leadership.lead(5);

        contextRunner
                .withBean(Outer.class)
                .run(context -> assertThatExceptionOfType(NotLeaderException.class)
                        .isThrownBy(() -> context.getBean(Outer.class).loseThenCall(leadership)));
    }

    @Test
    void refusesNestedWorkOfAnEarlierLeadership() {
        leadership.lead(5);

        contextRunner.withBean(Outer.class).run(context -> {
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(Outer.class).leadAgainThenCall(leadership))
                    .withMessageContaining("an earlier leadership");
            assertThat(leadership.openAdmissions()).isZero();
        });
    }

    @Test
    void refusesWorkOfAnEarlierLeadershipWhileALaterOneDrains() {
        leadership.lead(5);

        contextRunner.withBean(Outer.class).run(context -> {
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(Outer.class).leadAgainAndDrainThenCall(leadership));
            assertThat(leadership.openAdmissions()).isZero();
        });
    }

    private void run(Consumer<Work> test) {
        contextRunner.run(context -> test.accept(context.getBean(Work.class)));
    }

    static class Work {

        private final Leadership leadership;
        private final List<String> done = new ArrayList<>();

        Work(Leadership leadership) {
            this.leadership = leadership;
        }

        List<String> done() {
            return done;
        }

        @LeaderOnly
        long token() {
            return leadership.fencingToken();
        }

        @LeaderOnly
        void record(String what) {
            done.add(what);
        }

        @LeaderOnly(otherwise = Otherwise.SKIP)
        void skipped() {
            done.add("skipped");
        }

        @LeaderOnly
        @Scheduled(fixedDelay = 1000)
        void scheduled() {
            done.add("scheduled");
        }

        @LeaderOnly
        @EventListener
        void on(String event) {
            done.add(event);
        }

        @LeaderOnly
        void fails() {
            throw new IllegalStateException("broken");
        }

        @LeaderOnly
        CompletionStage<String> later(CompletableFuture<String> result) {
            return result;
        }
    }

    static class Outer {

        private final Work work;

        Outer(Work work) {
            this.work = work;
        }

        @LeaderOnly
        void drainThenCall(FakeLeadership leadership) {
            leadership.drain();
            work.record("within " + leadership.fencingToken());
        }

        @LeaderOnly
        void drainThenCallLater(FakeLeadership leadership, CompletableFuture<String> result) {
            leadership.drain();
            work.later(result);
        }

        @LeaderOnly
        void loseThenCall(FakeLeadership leadership) {
            leadership.follow(2);
            work.record("too late");
        }

        @LeaderOnly
        void leadAgainAndDrainThenCall(FakeLeadership leadership) {
            leadership.lead(9).drain();
            work.record("while another leadership drains");
        }

        @LeaderOnly
        void leadAgainThenCall(FakeLeadership leadership) {
            leadership.lead(9);
            work.record("with an old token");
        }
    }
}
