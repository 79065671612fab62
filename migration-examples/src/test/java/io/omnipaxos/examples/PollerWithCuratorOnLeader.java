package io.omnipaxos.examples;

import io.omnipaxos.spring.LeaderOnly;
import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.OnLeaderRevoked;
import java.io.IOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithCuratorOnLeader implements LeaderLatchListener {

    private final CuratorFramework client;
    private final Inbox inbox;
    private volatile @Nullable LeaderLatch latch;

    PollerWithCuratorOnLeader(CuratorFramework client, Inbox inbox) {
        this.client = client;
        this.inbox = inbox;
    }

    /** Only the leader stands for the latch, with a new one each time: a latch that was closed cannot be used again. */
    @OnLeaderElected
    void stand() throws Exception {
        LeaderLatch ours = new LeaderLatch(client, "/poller/leader");
        latch = ours;
        ours.addListener(this);
        ours.start();
    }

    @OnLeaderRevoked
    void stepDown() throws IOException {
        LeaderLatch ours = latch;
        latch = null;
        if (ours != null) {
            ours.close(LeaderLatch.CloseMode.NOTIFY_LEADER);
        }
    }

    @Override
    public void isLeader() {
        inbox.open();
    }

    @Override
    public void notLeader() {
        inbox.close();
    }

    @LeaderOnly
    @Scheduled(fixedDelay = 1000)
    void poll() {
        LeaderLatch ours = latch;
        if (ours != null && ours.hasLeadership()) {
            inbox.poll();
        }
    }
}
