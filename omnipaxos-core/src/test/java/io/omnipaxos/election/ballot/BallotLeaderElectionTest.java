package io.omnipaxos.election.ballot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.election.Election.Outgoing;
import io.omnipaxos.election.Election.PeerView;
import io.omnipaxos.election.Election.Standing;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One election by itself: what it counts, what it passes over, and what the gate holds back. */
class BallotLeaderElectionTest {

    private static final long BOOT = 7;
    private static final Standing GATE_CLOSED = new Standing(false, false, true, true);
    private static final ClusterConfiguration FIVE = ClusterConfiguration.majority(1, List.of(1L, 2L, 3L, 4L, 5L));

    private final BallotLeaderElection election = of(5, FIVE, Ballot.NONE);

    @Test
    void atTheStartEveryPeerIsAskedForASignOfLife() {
        List<Outgoing> asked = election.drainOutgoing();

        assertThat(asked).extracting(Outgoing::to).containsExactly(1L, 2L, 3L, 4L);
        assertThat(asked).extracting(Outgoing::message).containsOnly(new HeartbeatRequest(BOOT, 1));
    }

    @Test
    void aRequestIsAnsweredWithItsOwnRoundAndWhatThisNodeThinks() {
        election.drainOutgoing();

        election.handle(2, new HeartbeatRequest(3, 44));

        Ballot own = new Ballot(1, 0, 0, 5);
        assertThat(election.drainOutgoing())
                .containsExactly(new Outgoing(2, new HeartbeatReply(3, 44, own, own, true)));
    }

    @Test
    void whoCeasesToBeContentAnswersThePresentRoundsOnceMore() {
        Ballot leader = new Ballot(1, 3, 0, 1);
        election.follow(leader);
        election.tick();
        election.handle(2, new HeartbeatRequest(3, 43));
        election.handle(2, new HeartbeatRequest(3, 44));
        election.drainOutgoing();

        election.tick();

        HeartbeatReply answer = new HeartbeatReply(3, 44, new Ballot(1, 0, 0, 5), leader, false);
        assertThat(election.drainOutgoing()).contains(new Outgoing(2, answer)).hasSize(5);
        election.tick();
        assertThat(election.drainOutgoing()).doesNotContain(new Outgoing(2, answer));
    }

    @Test
    void whoPromisesABallotAnswersThePresentRoundsOnceMore() {
        election.handle(2, new HeartbeatRequest(3, 44));
        election.drainOutgoing();

        Ballot leader = new Ballot(1, 3, 0, 1);
        election.follow(leader);

        assertThat(election.drainOutgoing())
                .containsExactly(new Outgoing(2, new HeartbeatReply(3, 44, new Ballot(1, 0, 0, 5), leader, true)));
    }

    @Test
    void aRoundTakesAsManyTicksAsConfigured() {
        BallotLeaderElection slow = new BallotLeaderElection(5, BOOT, FIVE, 0, 10, Ballot.NONE);
        repliesOfFreshNodes(slow, 1, 1, 2);
        slow.drainOutgoing();

        for (int tick = 1; tick < 10; tick++) {
            assertThat(slow.tick()).as("tick %d", tick).isNull();
        }

        assertThat(slow.drainOutgoing()).isEmpty();
        assertThat(slow.tick()).isEqualTo(new Ballot(1, 1, 0, 5));
        assertThat(slow.drainOutgoing()).extracting(Outgoing::message).containsOnly(new HeartbeatRequest(BOOT, 2));
    }

    @Test
    void row1_nobodyNominatesItselfBeforeAPrepareQuorumReplied() {
        repliesOfFreshNodes(election, 1, 1);

        assertThat(election.tick()).isNull();
        assertThat(election.ballot().n()).isZero();
    }

    @Test
    void row1_withAPrepareQuorumOfRepliesTheHighestNominatesItself() {
        repliesOfFreshNodes(election, 1, 1, 2);

        assertThat(election.tick()).isEqualTo(new Ballot(1, 1, 0, 5));
        assertThat(election.leader()).isEqualTo(new Ballot(1, 1, 0, 5));
    }

    @Test
    void b10_aReplyThatComesTwiceCountsOnce() {
        repliesOfFreshNodes(election, 1, 1, 1, 1);

        assertThat(election.tick()).isNull();
    }

    @Test
    void theLastReplyOfANodeInARoundCounts() {
        Ballot fresh = new Ballot(1, 0, 0, 1);
        election.handle(1, new HeartbeatReply(BOOT, 1, fresh, fresh, true));
        election.handle(1, new HeartbeatReply(BOOT, 1, fresh, fresh, false));

        assertThat(election.peers()).containsExactly(Map.entry(1L, new PeerView(fresh, fresh, false)));
    }

    @Test
    void aReplyOfAStrangerCountsForNothing() {
        repliesOfFreshNodes(election, 1, 1, 6, 7);

        assertThat(election.tick()).isNull();
        assertThat(election.leader().pid()).isEqualTo(5);
        assertThat(election.peers()).containsOnlyKeys(1L);
    }

    @Test
    void aReplyOfThisNodeItselfCountsForNothing() {
        repliesOfFreshNodes(election, 1, 1, 5);

        assertThat(election.tick()).isNull();
    }

    @Test
    void aReplyInTheNameOfAnotherNodeCountsForNothing() {
        repliesOfFreshNodes(election, 1, 1);
        Ballot ofThree = new Ballot(1, 0, 0, 3);
        election.handle(2, new HeartbeatReply(BOOT, 1, ofThree, ofThree, true));

        assertThat(election.tick()).isNull();
    }

    @Test
    void aReplyOfAnotherConfigurationCountsForNothing() {
        repliesOfFreshNodes(election, 1, 1);
        Ballot elsewhere = new Ballot(2, 9, 0, 2);
        election.handle(2, new HeartbeatReply(BOOT, 1, elsewhere, elsewhere, true));

        assertThat(election.tick()).isNull();
        assertThat(election.leader().pid()).isEqualTo(5);
    }

    @Test
    void aReplyToAnOlderRoundCountsForNothing() {
        election.tick();
        repliesOfFreshNodes(election, 1, 1, 2);

        assertThat(election.tick()).isNull();
    }

    @Test
    void aReplyToAnEarlierStartOfThisNodeCountsForNothing() {
        Ballot one = new Ballot(1, 0, 0, 1);
        Ballot two = new Ballot(1, 0, 0, 2);
        election.handle(1, new HeartbeatReply(BOOT - 1, 1, one, one, true));
        election.handle(2, new HeartbeatReply(BOOT - 1, 1, two, two, true));

        assertThat(election.tick()).isNull();
    }

    @Test
    void h7_aLeaderThatIsOnlyTalkedAboutIsNotFollowed() {
        Ballot talkedAbout = new Ballot(1, 8, 0, 1);
        reply(election, 1, new Ballot(1, 0, 0, 2), talkedAbout, true);
        reply(election, 1, new Ballot(1, 0, 0, 3), talkedAbout, true);

        assertThat(election.tick()).isNull();
        assertThat(election.leader()).isEqualTo(election.ballot());
    }

    @Test
    void aLeaderThatIsHeardIsFollowedAndBelieved() {
        Ballot leader = new Ballot(1, 3, 0, 1);
        reply(election, 1, leader, leader, true);

        assertThat(election.tick()).isNull();
        assertThat(election.leader()).isEqualTo(leader);
        assertThat(election.happy()).isTrue();
    }

    @Test
    void aLeaderThatSaysItCannotLeadMakesItsFollowerUnhappy() {
        Ballot leader = new Ballot(1, 3, 0, 1);
        reply(election, 1, leader, leader, false);

        election.tick();

        assertThat(election.happy()).isFalse();
    }

    @Test
    void takingOverNeedsEveryNeighbourToBeUnhappyToo() {
        Ballot gone = new Ballot(1, 3, 0, 4);
        election.follow(gone);
        election.tick();
        reply(election, 2, new Ballot(1, 0, 0, 1), gone, false);
        reply(election, 2, new Ballot(1, 0, 0, 2), gone, true);

        assertThat(election.tick()).isNull();
        assertThat(election.happy()).isFalse();
    }

    @Test
    void aTakeoverIsAboveTheLeaderThatIsGone() {
        Ballot gone = new Ballot(1, 3, 0, 4);
        election.follow(gone);
        election.tick();
        reply(election, 2, new Ballot(1, 0, 0, 1), gone, false);
        reply(election, 2, new Ballot(1, 0, 0, 2), gone, false);

        assertThat(election.tick()).isEqualTo(new Ballot(1, 4, 0, 5));
        assertThat(election.happy()).isTrue();
    }

    @Test
    void aPromiseGivenDuringTheRoundIsNotJudgedByItsReplies() {
        Ballot candidate = new Ballot(1, 3, 0, 4);
        reply(election, 1, new Ballot(1, 0, 0, 1), new Ballot(1, 0, 0, 1), false);
        reply(election, 1, new Ballot(1, 0, 0, 2), new Ballot(1, 0, 0, 2), false);
        election.follow(candidate);

        assertThat(election.tick()).isNull();
        assertThat(election.leader()).isEqualTo(candidate);
        assertThat(election.happy()).isTrue();
    }

    @Test
    void h6_aRestartedNodeNeverHandsOverTheBallotThatItLedBefore() {
        Ballot before = new Ballot(1, 6, 0, 5);
        BallotLeaderElection restarted = of(5, FIVE, before);

        assertThat(restarted.ballot()).isNotEqualTo(before);
        assertThat(restarted.happy()).isFalse();
        assertThat(restarted.tick()).isNull();
        reply(restarted, 2, new Ballot(1, 0, 0, 1), before, false);
        reply(restarted, 2, new Ballot(1, 0, 0, 2), before, false);
        assertThat(restarted.tick()).isEqualTo(new Ballot(1, 7, 0, 5));
    }

    @Test
    void aNodeThatDoesNotStandElectsNobody() {
        repliesOfFreshNodes(election, 1, 1, 2, 3, 4);

        assertThat(election.tick(new Standing(true, false, false, true))).isNull();
    }

    @Test
    void line8_whoStandsNoMoreDoesNotDoWhatTheGateStopped() {
        repliesOfFreshNodes(election, 1, 1, 2);
        election.tick(GATE_CLOSED);

        assertThat(election.retry(new Standing(true, false, false, true))).isNull();
        assertThat(election.ballot().n()).isZero();
    }

    @Test
    void aLeaderThatIsNotAbleIsUnhappy() {
        Ballot led = new Ballot(1, 2, 0, 5);
        election.follow(led);
        election.tick();
        reply(election, 2, new Ballot(1, 0, 0, 1), led, true);
        reply(election, 2, new Ballot(1, 0, 0, 2), led, true);

        election.tick(new Standing(true, true, false, false));

        assertThat(election.happy()).isFalse();
    }

    @Test
    void line3_withTheGateClosedTheBallotIsNeitherRaisedNorAdvertised() {
        repliesOfFreshNodes(election, 1, 1, 2);
        election.drainOutgoing();

        assertThat(election.tick(GATE_CLOSED)).isNull();

        election.drainOutgoing();
        election.handle(2, new HeartbeatRequest(1, 1));
        Ballot unraised = new Ballot(1, 0, 0, 5);
        assertThat(election.drainOutgoing())
                .containsExactly(new Outgoing(2, new HeartbeatReply(1, 1, unraised, unraised, true)));
        assertThat(election.retry(GATE_CLOSED)).isNull();
    }

    @Test
    void line3_whatTheGateStoppedRunsTheMomentItOpens() {
        repliesOfFreshNodes(election, 1, 1, 2);
        election.tick(GATE_CLOSED);

        assertThat(election.retry(Standing.FREE)).isEqualTo(new Ballot(1, 1, 0, 5));
        assertThat(election.retry(Standing.FREE)).isNull();
    }

    @Test
    void line3_whatTheGateStoppedIsForgottenOnceAnotherIsFollowed() {
        repliesOfFreshNodes(election, 1, 1, 2);
        election.tick(GATE_CLOSED);
        election.follow(new Ballot(1, 4, 0, 2));

        assertThat(election.retry(Standing.FREE)).isNull();
    }

    @Test
    void h1_takingOverOnPurposeIsAboveTheGivenBallotAndTheLeaderFollowed() {
        election.follow(new Ballot(1, 12, 0, 2));

        assertThat(election.takeOver(new Ballot(1, 9, 0, 1), Standing.FREE)).isEqualTo(new Ballot(1, 13, 0, 5));
        assertThat(election.takeOver(new Ballot(1, 40, 0, 1), Standing.FREE)).isEqualTo(new Ballot(1, 41, 0, 5));
    }

    @Test
    void h1_aTakeoverOnPurposeWaitsForTheGateToo() {
        assertThat(election.takeOver(new Ballot(1, 9, 0, 1), GATE_CLOSED)).isNull();
        assertThat(election.ballot().n()).isZero();

        assertThat(election.retry(Standing.FREE)).isEqualTo(new Ballot(1, 10, 0, 5));
    }

    @Test
    void oneNodeAloneElectsItselfWithItsFirstTickHoweverLongARoundIs() {
        ClusterConfiguration alone = new ClusterConfiguration(1, List.of(9L), new Quorums(1, 1, 1));
        BallotLeaderElection only = new BallotLeaderElection(9, 1, alone, 0, 10, Ballot.NONE);

        assertThat(only.tick()).isEqualTo(new Ballot(1, 1, 0, 9));
        assertThat(only.tick()).isNull();
        assertThat(only.happy()).isTrue();
    }

    @Test
    void aStrangerCannotTakePartAndARoundTakesTime() {
        assertThatThrownBy(() -> of(6, FIVE, Ballot.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node 6")
                .hasMessageContaining("[1, 2, 3, 4, 5]");
        assertThatThrownBy(() -> new BallotLeaderElection(5, BOOT, FIVE, 0, 0, Ballot.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 0");
    }

    private static BallotLeaderElection of(long pid, ClusterConfiguration configuration, Ballot promise) {
        return new BallotLeaderElection(pid, BOOT, configuration, 0, 1, promise);
    }

    private static void repliesOfFreshNodes(BallotLeaderElection to, long round, long... pids) {
        for (long pid : pids) {
            Ballot fresh = new Ballot(1, 0, 0, pid);
            reply(to, round, fresh, fresh, true);
        }
    }

    private static void reply(BallotLeaderElection to, long round, Ballot ballot, Ballot leader, boolean happy) {
        to.handle(ballot.pid(), new HeartbeatReply(BOOT, round, ballot, leader, happy));
    }
}
