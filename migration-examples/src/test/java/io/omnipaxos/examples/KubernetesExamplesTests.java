package io.omnipaxos.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.kubernetes.commons.leader.Leader;
import org.springframework.cloud.kubernetes.commons.leader.LeaderInitiator;
import org.springframework.cloud.kubernetes.commons.leader.LeaderProperties;
import org.springframework.cloud.kubernetes.commons.leader.LeaderRecordWatcher;
import org.springframework.cloud.kubernetes.commons.leader.LeadershipController;
import org.springframework.cloud.kubernetes.commons.leader.PodReadinessWatcher;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.leader.event.DefaultLeaderEventPublisher;

/** Docs: migration from Spring Cloud Kubernetes, with its initiator and its controller over a ConfigMap in memory. */
class KubernetesExamplesTests {

    private final ConfigMap configMap = new ConfigMap();
    private final RecordedInbox ofOldPod = new RecordedInbox();
    private final RecordedInbox ofNewPod = new RecordedInbox();

    @Test
    void thePodInTheRecordPollsAndItsSuccessorAfterIt() throws InterruptedException {
        ExampleNode holder = oldPod("old", ofOldPod);
        ofOldPod.awaitState("open");
        try (ExampleNode other = oldPod("new", ofNewPod)) {
            ofOldPod.pollsAtLast(holder.get(PollerWithKubernetes.class)::poll);
            other.get(PollerWithKubernetes.class).poll();
            assertThat(ofNewPod.polls()).isZero();

            holder.close();
            ofNewPod.awaitState("open");
            ofNewPod.pollsAtLast(other.get(PollerWithKubernetes.class)::poll);
        }
    }

    @Test
    void withBothTheLeaderWaitsForTheRecordOfAnOldPodAndThenPolls() throws InterruptedException {
        ExampleNode old = oldPod("old", ofOldPod);
        ofOldPod.awaitState("open");
        try (ExampleNode leader = ExampleNode.leading(
                context -> pod(context, "new", ofNewPod, false), PollerWithKubernetesOnLeader.class)) {
            leader.get(PollerWithKubernetesOnLeader.class).poll();
            assertThat(ofNewPod.polls()).isZero();

            old.close();
            ofNewPod.awaitState("open");
            ofNewPod.pollsAtLast(leader.get(PollerWithKubernetesOnLeader.class)::poll);
        }

        ofNewPod.awaitState("closed");
        assertThat(configMap.record).hasNullValue();
    }

    @Test
    void withBothAPodThatDoesNotLeadDoesNotStandForTheRecord() {
        try (ExampleNode follower = ExampleNode.neverLeading(
                context -> pod(context, "new", ofNewPod, false), PollerWithKubernetesOnLeader.class)) {
            follower.get(PollerWithKubernetesOnLeader.class).poll();

            assertThat(follower.get(LeaderInitiator.class).isRunning()).isFalse();
            assertThat(ofNewPod.polls()).isZero();
        }
    }

    @Test
    void withBothTheRecordAloneLetsNobodyPoll() throws InterruptedException {
        try (ExampleNode follower = ExampleNode.neverLeading(
                context -> pod(context, "new", ofNewPod, false), PollerWithKubernetesOnLeader.class)) {
            PollerWithKubernetesOnLeader poller = follower.get(PollerWithKubernetesOnLeader.class);
            poller.granted();
            ofNewPod.awaitState("open");

            poller.poll();

            assertThat(ofNewPod.polls()).isZero();
        }
    }

    private ExampleNode oldPod(String name, Inbox inbox) {
        return ExampleNode.old(context -> pod(context, name, inbox, true), PollerWithKubernetes.class);
    }

    /** What its auto-configuration makes, without a cluster; {@code autoStartup} as its property says. */
    private void pod(AnnotationConfigApplicationContext context, String name, Inbox inbox, boolean autoStartup) {
        LeaderProperties properties = new LeaderProperties();
        properties.setAutoStartup(autoStartup);
        properties.setUpdatePeriod(Duration.ofMillis(10));
        LeadershipController controller =
                configMap.controller(new DefaultCandidate(name, "poller"), properties, context);
        Silent silent = new Silent();
        context.registerBean(LeaderInitiator.class, () -> new LeaderInitiator(properties, controller, silent, silent));
        context.registerBean(Inbox.class, () -> inbox);
    }

    private static final class ConfigMap {

        private final AtomicReference<@Nullable String> record = new AtomicReference<>();

        private LeadershipController controller(
                Candidate candidate, LeaderProperties properties, ApplicationEventPublisher events) {
            return new LeadershipController(candidate, properties, new DefaultLeaderEventPublisher(events)) {
                @Override
                public void update() {
                    record.compareAndSet(null, candidate.getId());
                    handleLeaderChange(new Leader(candidate.getRole(), record.get()));
                }

                @Override
                public void revoke() {
                    record.compareAndSet(candidate.getId(), null);
                    handleLeaderChange(null);
                }

                @Override
                protected PodReadinessWatcher createPodReadinessWatcher(String pod) {
                    return new Silent();
                }
            };
        }
    }

    private static final class Silent implements LeaderRecordWatcher, PodReadinessWatcher {

        @Override
        public void start() {}

        @Override
        public void stop() {}
    }
}
