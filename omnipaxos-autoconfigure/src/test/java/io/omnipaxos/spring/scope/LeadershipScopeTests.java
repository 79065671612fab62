package io.omnipaxos.spring.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Leadership;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.FakeLeadership;
import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.LeadershipScope;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.autoconfigure.OmniPaxosAutoConfiguration;
import io.omnipaxos.spring.callback.LeadershipCallbacks;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class LeadershipScopeTests {

    private final List<String> log = new CopyOnWriteArrayList<>();

    /** Its leadership is what a test says, or that of a node alone where no test says anything. */
    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
            .withUserConfiguration(Application.class)
            .withBean("log", List.class, () -> log);

    private final ApplicationContextRunner told =
            contexts.withPropertyValues("omnipaxos.enabled=false").withBean(FakeLeadership.class, FakeLeadership::new);

    @Test
    void eachLeadershipHasABeanOfItsOwn() {
        told.run(context -> {
            elect(context, 5);
            assertThat(worker(context).count()).isEqualTo(1);
            assertThat(worker(context).count()).isEqualTo(2);
            revoke(context, 5);
            end(context, 5);

            elect(context, 9);
            assertThat(worker(context).count()).isEqualTo(1);

            assertThat(log).containsExactly("made", "elected 0", "revoked 2", "destroyed 2", "made", "elected 0");
        });
    }

    @Test
    void aLeadershipThatIsResumedWithItsTokenBeginsAnewAsWell() {
        told.run(context -> {
            elect(context, 5);
            worker(context).count();
            revoke(context, 5);

            elect(context, 5);
            end(context, 5);

            assertThat(worker(context).count()).isEqualTo(1);
            assertThat(log).containsExactly("made", "elected 0", "revoked 1", "made", "elected 0", "destroyed 1");
        });
    }

    @Test
    void workThatIsStillRunningKeepsItsBeanUntilItEnds() {
        told.run(context -> {
            elect(context, 5);
            worker(context).run(() -> {
                context.getBean(Counter.class).next();
                revoke(context, 5);
                context.getBean(Counter.class).next();
            });
            assertThat(log).doesNotContain("destroyed 2");

            end(context, 5);

            assertThat(log).endsWith("destroyed 2");
        });
    }

    @Test
    void workThatGoesOnAfterAllGetsNoNewBean() {
        told.run(context -> {
            elect(context, 5);
            worker(context).run(() -> {
                revoke(context, 5);
                end(context, 5);
                assertThatExceptionOfType(NotLeaderException.class)
                        .isThrownBy(() -> context.getBean(Counter.class).next())
                        .withMessageContaining("Counter' belonged to the leadership with token 5");
            });
        });
    }

    @Test
    void workMayBeginBeforeItIsToldThatItsLeadershipDoes() {
        told.run(context -> {
            context.getBean(FakeLeadership.class).lead(5);
            assertThat(worker(context).count()).isEqualTo(1);

            elect(context, 5);

            assertThat(worker(context).count()).isEqualTo(2);
        });
    }

    @Test
    void outsideOfALeadershipThereIsNone() {
        told.run(context -> {
            elect(context, 5);
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(Counter.class).next())
                    .withMessageContaining("Counter' is of one leadership: use it within leader-only work")
                    .withMessageNotContaining("scopedTarget");
        });
    }

    @Test
    void aBeanThatCannotBeDestroyedKeepsNoOtherFromIt() {
        told.withBean("failing", Failing.class, Failing::new, definition -> definition.setScope(TenureScope.NAME))
                .run(context -> {
                    elect(context, 5);
                    worker(context).run(() -> {
                        context.getBean(Counter.class).next();
                        context.getBean(Failing.class);
                    });
                    revoke(context, 5);
                    end(context, 5);

                    assertThat(log).endsWith("destroyed 1");
                });
    }

    @Test
    void whatIsLeftIsDestroyedWithTheContext() {
        told.run(context -> {
            elect(context, 5);
            worker(context).count();
        });

        assertThat(log).containsExactly("made", "elected 0", "destroyed 1");
    }

    @Test
    void aNodeAloneBeginsAndEndsItsLeaderships() {
        contexts.withPropertyValues("omnipaxos.storage.type=memory", "omnipaxos.election-tick-timeout=150")
                .run(context -> {
                    Leadership leadership = context.getBean(Leadership.class);
                    // Callbacks are told on a thread of their own.
                    Awaitility.await().until(() -> leadership.isLeader() && log.contains("elected 0"));
                    assertThat(worker(context).count()).isPositive();
                });

        assertThat(log).contains("elected 0", "made").endsWith("destroyed 1");
        assertThat(log.indexOf("revoked 1")).isBetween(0, log.size() - 2);
    }

    @Test
    void aCallbackInABeanOfThisScopeIsRefused() {
        told.withBean("mistaken", Mistaken.class, Mistaken::new, definition -> definition.setScope(TenureScope.NAME))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOfSatisfying(
                                OmniPaxosStartupException.class,
                                failure -> assertThat(failure.faults())
                                        .singleElement()
                                        .extracting(StartupFault::action, STRING)
                                        .contains("@PostConstruct and @PreDestroy")));
    }

    private static Worker worker(ApplicationContext context) {
        return context.getBean(Worker.class);
    }

    private static void elect(ApplicationContext context, long token) {
        context.getBean(FakeLeadership.class).lead(token);
        context.getBean(LeadershipCallbacks.class).elected(tenure(token));
    }

    private static void revoke(ApplicationContext context, long token) {
        context.getBean(LeadershipCallbacks.class).revoked(tenure(token), "the test says so");
    }

    private static void end(ApplicationContext context, long token) {
        context.getBean(LeadershipCallbacks.class).ended(tenure(token));
    }

    private static Tenure tenure(long token) {
        return new Tenure(new Ballot(1, token, 0, 1), token);
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Counter.class, Worker.class})
    static class Application {}

    @LeadershipScope
    static class Counter {

        private final List<Object> log;
        private int count;

        @SuppressWarnings("unchecked")
        Counter(ApplicationContext context) {
            this.log = context.getBean("log", List.class);
        }

        @PostConstruct
        void made() {
            log.add("made");
        }

        int next() {
            return ++count;
        }

        int count() {
            return count;
        }

        @PreDestroy
        void destroyed() {
            log.add("destroyed " + count);
        }
    }

    static class Worker {

        private final Counter counter;
        private final List<Object> log;

        @SuppressWarnings("unchecked")
        Worker(Counter counter, ApplicationContext context) {
            this.counter = counter;
            this.log = context.getBean("log", List.class);
        }

        @LeaderOnly
        void run(Runnable work) {
            work.run();
        }

        @LeaderOnly
        int count() {
            return counter.next();
        }

        @OnLeaderElected
        void elected() {
            log.add("elected " + counter.count());
        }

        @OnLeaderRevoked
        void revoked() {
            log.add("revoked " + counter.count());
        }
    }

    static class Failing {

        @PreDestroy
        void destroyed() {
            throw new IllegalStateException("the test wants it");
        }
    }

    static class Mistaken {

        @OnLeaderElected
        void elected() {}
    }
}
