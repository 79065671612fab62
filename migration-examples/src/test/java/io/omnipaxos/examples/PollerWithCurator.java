package io.omnipaxos.examples;

import java.io.IOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PollerWithCurator implements InitializingBean, LeaderLatchListener, DisposableBean {

    private final LeaderLatch latch;
    private final Inbox inbox;

    PollerWithCurator(CuratorFramework client, Inbox inbox) {
        this.latch = new LeaderLatch(client, "/poller/leader");
        this.inbox = inbox;
    }

    @Override
    public void afterPropertiesSet() throws Exception {
        latch.addListener(this);
        latch.start();
    }

    @Override
    public void isLeader() {
        inbox.open();
    }

    @Override
    public void notLeader() {
        inbox.close();
    }

    @Scheduled(fixedDelay = 1000)
    void poll() {
        if (latch.hasLeadership()) {
            inbox.poll();
        }
    }

    @Override
    public void destroy() throws IOException {
        latch.close(LeaderLatch.CloseMode.NOTIFY_LEADER);
    }
}
