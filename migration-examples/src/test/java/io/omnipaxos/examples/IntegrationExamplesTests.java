package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;

/** Docs: migration from Spring Integration. */
class IntegrationExamplesTests {

    private final LockRegistry<Lock> locks = new DefaultLockRegistry();
    private final RecordedInbox ofOldNode = new RecordedInbox();
    private final RecordedInbox ofNewNode = new RecordedInbox();

    @Test
    void theHolderOfTheLockPollsAndItsSuccessorAfterIt() throws InterruptedException {
        ExampleNode holder = oldNode();
        ofOldNode.awaitState("open");
        try (ExampleNode other = ExampleNode.old(
                context -> sharing(context, ofNewNode), IntegrationConfiguration.class, PollerWithIntegration.class)) {
            holder.get(PollerWithIntegration.class).poll();
            other.get(PollerWithIntegration.class).poll();
            assertThat(ofOldNode.polls()).isEqualTo(1);
            assertThat(ofNewNode.polls()).isZero();

            holder.close();
            ofNewNode.awaitState("open");
            other.get(PollerWithIntegration.class).poll();
            assertThat(ofNewNode.polls()).isEqualTo(1);
        }
    }

    @Test
    void withBothTheLeaderWaitsForTheLockOfAnOldNodeAndThenPolls() throws InterruptedException {
        ExampleNode old = oldNode();
        ofOldNode.awaitState("open");
        try (ExampleNode leader = withBoth()) {
            leader.get(PollerWithIntegrationOnLeader.class).poll();
            assertThat(ofNewNode.polls()).isZero();

            old.close();
            ofNewNode.awaitState("open");
            leader.get(PollerWithIntegrationOnLeader.class).poll();
            assertThat(ofNewNode.polls()).isEqualTo(1);
        }

        ofNewNode.awaitState("closed");
        assertThat(locks.obtain("poller").tryLock(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void withBothANodeThatDoesNotLeadDoesNotStandForTheLock() {
        try (ExampleNode follower =
                ExampleNode.neverLeading(context -> sharing(context, ofNewNode), PollerWithIntegrationOnLeader.class)) {
            follower.get(PollerWithIntegrationOnLeader.class).poll();

            assertThat(locks.obtain("poller").tryLock()).isTrue();
            assertThat(ofNewNode.polls()).isZero();
        }
    }

    @Test
    void withBothTheLockAloneLetsNobodyPoll() throws InterruptedException {
        try (ExampleNode follower =
                ExampleNode.neverLeading(context -> sharing(context, ofNewNode), PollerWithIntegrationOnLeader.class)) {
            PollerWithIntegrationOnLeader poller = follower.get(PollerWithIntegrationOnLeader.class);
            poller.stand();
            ofNewNode.awaitState("open");

            poller.poll();

            assertThat(ofNewNode.polls()).isZero();
            poller.stepDown();
        }
    }

    private ExampleNode oldNode() {
        return ExampleNode.old(
                context -> sharing(context, ofOldNode), IntegrationConfiguration.class, PollerWithIntegration.class);
    }

    private ExampleNode withBoth() {
        return ExampleNode.leading(context -> sharing(context, ofNewNode), PollerWithIntegrationOnLeader.class);
    }

    private void sharing(AnnotationConfigApplicationContext context, Inbox inbox) {
        context.registerBean(LockRegistry.class, () -> locks);
        context.registerBean(Inbox.class, () -> inbox);
    }
}
