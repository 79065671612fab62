package io.omnipaxos.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.State;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class OmniPaxosHealthIndicatorTests {

    private static final Duration THRESHOLD = Duration.ofSeconds(5);

    @Test
    void isUpOnTheLeader() {
        Health health = health(TestStatus.leading());

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("reason", "this node leads");
    }

    @Test
    void isUpWhileALeaderIsHeardThoughNoPeerAnswers() {
        Health health = health(TestStatus.following(2));

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("leader", 2L).containsEntry("reason", "node 2 leads");
    }

    @Test
    void isUnknownBeforeTheFirstElection() {
        Health health = health(TestStatus.leaderless(Duration.ofSeconds(1), false));

        assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(health.getDetails()).containsEntry("reason", "the first election is not over for PT1S");
    }

    @Test
    void isUnknownWhileALeaderIsMissedForAShortTime() {
        Health health = health(TestStatus.leaderless(THRESHOLD.minusMillis(1), true));

        assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(health.getDetails()).containsEntry("reason", "no leader is known for PT4.999S");
    }

    @Test
    void isOutOfServiceFromTheThresholdOn() {
        Health health = health(TestStatus.leaderless(THRESHOLD, true));

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("reason", "no leader is known for PT5S; 0 of 2 peers answer");
    }

    @Test
    void isOutOfServiceIfTheFirstElectionTakesTooLong() {
        assertThat(health(TestStatus.leaderless(THRESHOLD, false)).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void isDownAfterAStorageFailure() {
        Health health = health(TestStatus.in(State.FAILED, "the disk is full"));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("reason", "the disk is full");
    }

    @Test
    void isDownIfItCouldNotBeStartedWithWhatAMemberToldIt() {
        Health health = new OmniPaxosHealthIndicator(
                        Optional::empty, Optional::empty, () -> Optional.of("could not be started: no port"), THRESHOLD)
                .health();

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("reason", "could not be started: no port");
    }

    @Test
    void isUnknownBeforeTheStart() {
        assertThat(new OmniPaxosHealthIndicator(Optional::empty, Optional::empty, Optional::empty, THRESHOLD)
                        .health()
                        .getStatus())
                .isEqualTo(Status.UNKNOWN);
        assertThat(health(TestStatus.in(State.NEW, null)).getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void isOutOfServiceOnceStopped() {
        assertThat(health(TestStatus.in(State.STOPPED, null)).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void isOutOfServiceWhileItAsksForTheMembers() {
        Health health = new OmniPaxosHealthIndicator(
                        Optional::empty, () -> Optional.of("asks: connection refused"), Optional::empty, THRESHOLD)
                .health();

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("reason", "joins the cluster: asks: connection refused");
    }

    @Test
    void isOutOfServiceUntilItIsAMember() {
        Health health = new OmniPaxosHealthIndicator(
                        () -> Optional.of(TestStatus.following(2, TestStatus.without1(3))),
                        () -> Optional.of("learns"),
                        Optional::empty,
                        THRESHOLD)
                .health();

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails())
                .containsEntry(
                        "reason",
                        "joins the cluster: learns; it is no member of configuration 3 of the nodes [2, 3, 4]"
                                + " yet");
    }

    @Test
    void isUpOnceItHasJoined() {
        Health health = new OmniPaxosHealthIndicator(
                        () -> Optional.of(TestStatus.following(2)),
                        () -> Optional.of("learns"),
                        Optional::empty,
                        THRESHOLD)
                .health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void isOutOfServiceOnceItIsRemovedThoughALeaderIsHeard() {
        Health health = health(TestStatus.following(2, TestStatus.without1(3)));

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails())
                .containsEntry("reason", "was removed by configuration 3, which has the nodes [2, 3, 4]");
    }

    private static Health health(NodeStatus status) {
        return new OmniPaxosHealthIndicator(() -> Optional.of(status), Optional::empty, Optional::empty, THRESHOLD)
                .health();
    }
}
