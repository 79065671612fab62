package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Docs: migration from Curator. */
class CuratorExamplesTests {

    private static final String LATCH = "/poller/leader";

    private final RecordedInbox ofOldNode = new RecordedInbox();
    private final RecordedInbox ofNewNode = new RecordedInbox();
    private TestingServer zooKeeper;

    @BeforeEach
    void startZooKeeper() throws Exception {
        Map<String, Object> onLoopback = Map.of("clientPortAddress", "127.0.0.1");
        zooKeeper =
                new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, -1, -1, onLoopback, "127.0.0.1"), true);
    }

    @AfterEach
    void stopZooKeeper() throws Exception {
        zooKeeper.close();
    }

    @Test
    void theHolderOfTheLatchPollsAndItsSuccessorAfterIt() throws InterruptedException {
        ExampleNode holder = ExampleNode.old(context -> client(context, ofOldNode), PollerWithCurator.class);
        ofOldNode.awaitState("open");
        try (ExampleNode other = ExampleNode.old(context -> client(context, ofNewNode), PollerWithCurator.class)) {
            holder.get(PollerWithCurator.class).poll();
            other.get(PollerWithCurator.class).poll();
            assertThat(ofOldNode.polls()).isEqualTo(1);
            assertThat(ofNewNode.polls()).isZero();

            holder.close();
            ofNewNode.awaitState("open");
            other.get(PollerWithCurator.class).poll();
            assertThat(ofNewNode.polls()).isEqualTo(1);
        }
    }

    @Test
    void withBothTheLeaderWaitsForTheLatchOfAnOldNodeAndThenPolls() throws Exception {
        ExampleNode old = ExampleNode.old(context -> client(context, ofOldNode), PollerWithCurator.class);
        ofOldNode.awaitState("open");
        try (ExampleNode leader =
                ExampleNode.leading(context -> client(context, ofNewNode), PollerWithCuratorOnLeader.class)) {
            leader.get(PollerWithCuratorOnLeader.class).poll();
            assertThat(ofNewNode.polls()).isZero();

            old.close();
            ofNewNode.awaitState("open");
            leader.get(PollerWithCuratorOnLeader.class).poll();
            assertThat(ofNewNode.polls()).isEqualTo(1);
        }

        ofNewNode.awaitState("closed");
    }

    @Test
    void withBothANodeThatDoesNotLeadDoesNotStandForTheLatch() throws Exception {
        try (ExampleNode follower =
                ExampleNode.neverLeading(context -> client(context, ofNewNode), PollerWithCuratorOnLeader.class)) {
            follower.get(PollerWithCuratorOnLeader.class).poll();

            assertThat(follower.get(CuratorFramework.class).checkExists().forPath(LATCH))
                    .isNull();
            assertThat(ofNewNode.polls()).isZero();
        }
    }

    @Test
    void withBothTheLatchAloneLetsNobodyPoll() throws Exception {
        try (ExampleNode follower =
                ExampleNode.neverLeading(context -> client(context, ofNewNode), PollerWithCuratorOnLeader.class)) {
            PollerWithCuratorOnLeader poller = follower.get(PollerWithCuratorOnLeader.class);
            poller.stand();
            ofNewNode.awaitState("open");

            poller.poll();

            assertThat(ofNewNode.polls()).isZero();
            poller.stepDown();
        }
    }

    private void client(AnnotationConfigApplicationContext context, Inbox inbox) {
        context.registerBean(
                CuratorFramework.class,
                () -> CuratorFrameworkFactory.newClient(zooKeeper.getConnectString(), new RetryOneTime(100)),
                definition -> definition.setInitMethodName("start"));
        context.registerBean(Inbox.class, () -> inbox);
    }
}
