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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeadershipScopeTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);

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
    void theEndDoesNotWaitForABeanThatIsBeingMade() {
        Slow slow = new Slow();
        slow(slow).run(context -> {
            CompletableFuture<Object> user = revokeWhileItIsMade(slow, context);

            assertThat(inBackground(() -> end(context, 5))).succeedsWithin(LIMIT);
            slow.goOn.countDown();

            assertIsRefused(user);
            assertThat(slow.destroyed).hasValue(1);
        });
        assertThat(slow.destroyed).hasValue(1);
    }

    @Test
    void aBeanThatIsFinishedAfterItsLeadershipWasResumedIsOfNeither() {
        Slow slow = new Slow();
        slow(slow).run(context -> {
            CompletableFuture<Object> user = revokeWhileItIsMade(slow, context);
            elect(context, 5);
            assertThat(inBackground(() -> end(context, 5))).succeedsWithin(LIMIT);
            slow.goOn.countDown();

            assertIsRefused(user);
            assertThat(slow.destroyed).hasValue(1);
        });
    }

    @Test
    void theContextDoesNotWaitForABeanThatIsBeingMade() {
        Slow slow = new Slow();
        AtomicReference<CompletableFuture<Object>> user = new AtomicReference<>();

        CompletableFuture<Object> run = inBackground(() -> slow(slow).run(context -> {
            elect(context, 5);
            user.set(inBackground(() -> worker(context).run(() -> context.getBean(Slow.class))));
            slow.begun.await();
        }));

        assertThat(run).succeedsWithin(LIMIT);
        slow.goOn.countDown();
        assertIsRefused(user.get());
        assertThat(slow.destroyed).hasValue(1);
    }

    private ApplicationContextRunner slow(Slow slow) {
        return told.withBean(Slow.class, () -> slow, definition -> definition.setScope(TenureScope.NAME));
    }

    private static void assertIsRefused(CompletableFuture<Object> user) {
        assertThat(user)
                .failsWithin(LIMIT)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(NotLeaderException.class)
                .withMessageContaining("belonged to the leadership with token 5");
    }

    private static CompletableFuture<Object> inBackground(Runnable work) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete("done");
            } catch (Throwable thrown) {
                done.completeExceptionally(thrown);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
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

    /** Returns what becomes of the work that asked for it. */
    private static CompletableFuture<Object> revokeWhileItIsMade(Slow slow, ApplicationContext context)
            throws InterruptedException {
        elect(context, 5);
        CompletableFuture<Object> user = inBackground(() -> worker(context).run(() -> context.getBean(Slow.class)));
        slow.begun.await();
        revoke(context, 5);
        return user;
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

    /** Is not made before a test lets it go on. */
    static class Slow {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger destroyed = new AtomicInteger();

        @PostConstruct
        void made() throws InterruptedException {
            begun.countDown();
            goOn.await();
        }

        @PreDestroy
        void destroyed() {
            destroyed.incrementAndGet();
        }
    }

    static class Mistaken {

        @OnLeaderElected
        void elected() {}
    }
}
