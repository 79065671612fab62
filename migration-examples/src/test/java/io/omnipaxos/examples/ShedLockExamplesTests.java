package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.concurrent.atomic.AtomicInteger;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.inmemory.InMemoryLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;

/** Docs: migration from ShedLock. */
class ShedLockExamplesTests {

    private final LockProvider locks = new InMemoryLockProvider();
    private final AtomicInteger written = new AtomicInteger();
    private final Reports reports = written::incrementAndGet;

    @Test
    void theReportIsWrittenUnderTheLockOfTheConfiguration() {
        try (ExampleNode node = ExampleNode.old(
                context -> {
                    context.registerBean(Reports.class, () -> reports);
                    context.registerBean(TaskScheduler.class, () -> mock(TaskScheduler.class)); // no time passes here
                },
                ShedLockConfiguration.class,
                ReportWithShedLock.class)) {
            node.get(ReportWithShedLock.class).write();
            node.get(ReportWithShedLock.class).write(); // within lockAtLeastFor

            assertThat(written).hasValue(1);
        }
    }

    @Test
    void withBothTheLeaderLeavesARunToAnOldNodeThatHoldsTheLock() {
        try (ExampleNode leader = leaderWithBoth()) {
            Runnable meanwhile = () -> runElsewhere(leader.get(ReportWithShedLockOnLeader.class)::write);
            try (ExampleNode old = ExampleNode.old(
                    context -> sharing(context, meanwhile::run), SharedLocks.class, ReportWithShedLock.class)) {
                old.get(ReportWithShedLock.class).write();
            }
        }

        assertThat(written).hasValue(0);
    }

    @Test
    void withBothTheLeaderWritesWhereNobodyElseDoes() {
        try (ExampleNode leader = leaderWithBoth()) {
            leader.get(ReportWithShedLockOnLeader.class).write();
        }

        assertThat(written).hasValue(1);
    }

    @Test
    void withBothANodeThatDoesNotLeadTakesNoLockFromTheOthers() {
        try (ExampleNode follower = ExampleNode.neverLeading(
                        context -> sharing(context, reports), SharedLocks.class, ReportWithShedLockOnLeader.class);
                ExampleNode old = ExampleNode.old(
                        context -> sharing(context, reports), SharedLocks.class, ReportWithShedLock.class)) {
            follower.get(ReportWithShedLockOnLeader.class).write();
            assertThat(written).hasValue(0);

            old.get(ReportWithShedLock.class).write();
            assertThat(written).hasValue(1);
        }
    }

    @Test
    void afterwardsTheLeaderWritesAndNobodyElse() {
        try (ExampleNode leader = ExampleNode.leading(context -> sharing(context, reports), ReportOnLeader.class);
                ExampleNode follower =
                        ExampleNode.neverLeading(context -> sharing(context, reports), ReportOnLeader.class)) {
            follower.get(ReportOnLeader.class).write();
            assertThat(written).hasValue(0);

            leader.get(ReportOnLeader.class).write();
            assertThat(written).hasValue(1);
        }
    }

    private ExampleNode leaderWithBoth() {
        return ExampleNode.leading(
                context -> sharing(context, reports), SharedLocks.class, ReportWithShedLockOnLeader.class);
    }

    private void sharing(AnnotationConfigApplicationContext context, Reports reportsOfNode) {
        context.registerBean(LockProvider.class, () -> locks);
        context.registerBean(Reports.class, () -> reportsOfNode);
    }

    /** As on another node: ShedLock lets the thread that holds a lock pass. */
    private static void runElsewhere(Runnable work) {
        Thread thread = new Thread(work, "another node");
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    static class SharedLocks {}
}
