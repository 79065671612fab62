package io.omnipaxos.lease;

import static io.omnipaxos.replica.ReplicaFixture.HEARTBEAT_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.LEASE;
import static io.omnipaxos.replica.ReplicaFixture.MILLI;
import static io.omnipaxos.replica.ReplicaFixture.TERMS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.emptyPromise;
import static io.omnipaxos.replica.ReplicaFixture.grantOf;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's side of the lease while it leads: node 1 of three. */
class LeaderLeaseTest {

    private static final long HELD = TERMS.heldNanos();

    private final ReplicaFixture node = ReplicaFixture.of(1, 3).start();

    @Test
    void line1_whileItLeadsItSendsFiveHeartbeatsInALease() {
        node.granted(1, 2, 3);
        node.forget();

        node.ticks(10);

        List<LeaderHeartbeat> sent = node.sentTo(2, LeaderHeartbeat.class);
        assertThat(sent).hasSize(5);
        assertThat(sent).extracting(LeaderHeartbeat::round).isSorted().doesNotHaveDuplicates();
        assertThat(node.sentTo(3, LeaderHeartbeat.class)).isEqualTo(sent);
    }

    @Test
    void line1_aCandidateSendsNoHeartbeats() {
        node.candidate(1);

        node.ticks(10);

        assertThat(node.sentTo(2, LeaderHeartbeat.class)).isEmpty();
    }

    @Test
    void line1_aHeartbeatCarriesTheLeaseTheLogAndTheToken() {
        Ballot ballot = node.granted(1, 2, 3);
        node.propose("a");

        node.ticks(HEARTBEAT_TICKS);

        LeaderHeartbeat last = node.lastSentTo(2, LeaderHeartbeat.class);
        assertThat(last).isEqualTo(new LeaderHeartbeat(ballot, last.round(), true, LEASE, 2, 1, 1));
    }

    @Test
    void line1_anAnswerForAnotherBallotRenewsNothing() {
        node.prepared(2, 2, 3);
        node.receive(2, new Accepted(ballot(2, 1), 1));
        LeaderHeartbeat heartbeat = node.lastSentTo(2, LeaderHeartbeat.class);

        node.receive(2, new HeartbeatAnswer(ballot(1, 1), heartbeat.round(), true, 1, true));
        assertThat(node.isLeader()).isFalse();

        node.receive(2, grantOf(heartbeat, 1));
        assertThat(node.isLeader()).isTrue();
    }

    @Test
    void line4_theLeaseIsCountedFromTheSendLessTheDriftOfBothClocks() {
        node.prepared(1, 2, 3);
        node.receive(2, new Accepted(ballot(1, 1), 1));
        LeaderHeartbeat heartbeat = node.lastSentTo(2, LeaderHeartbeat.class);

        node.advance(400 * MILLI).receive(2, grantOf(heartbeat, 1));

        assertThat(HELD).isLessThanOrEqualTo((long) (LEASE * 0.99 / 1.01));
        node.advance(HELD - 400 * MILLI - 1);
        assertThat(node.isLeader()).isTrue();
        node.advance(1);
        assertThat(node.isLeader()).isFalse();
    }

    @Test
    void line4_aLateAnswerToAnOldHeartbeatCountsFromThatOne() {
        node.granted(1, 2, 3);
        node.tick();
        LeaderHeartbeat early = node.lastSentTo(2, LeaderHeartbeat.class);
        node.ticks(3 * HEARTBEAT_TICKS);

        node.receive(2, grantOf(early, 1));

        node.advance(HELD - 300 * MILLI - 1);
        assertThat(node.isLeader()).isTrue();
        node.advance(1);
        assertThat(node.isLeader()).isFalse();
    }

    @Test
    void line4_oneOfFiveIsNoWriteQuorum() {
        ReplicaFixture ofFive = ReplicaFixture.of(1, 5).start();
        ofFive.prepared(1, 2, 3);
        ofFive.receive(2, new Accepted(ballot(1, 1), 1));
        ofFive.receive(3, new Accepted(ballot(1, 1), 1));

        ofFive.answerLastHeartbeat(2);
        assertThat(ofFive.isLeader()).isFalse();

        ofFive.answerLastHeartbeat(3);
        assertThat(ofFive.isLeader()).isTrue();
    }

    @Test
    void line5_aWallClockSetByMoreThanTheLeaseEndsItEitherWay() {
        node.granted(1, 2, 3);
        long wall = node.now().wallMillis();

        node.setWallClock(wall + 501);
        assertThat(node.isLeader()).isFalse();
        node.setWallClock(wall - 501);
        assertThat(node.isLeader()).isFalse();
        node.setWallClock(wall);
        assertThat(node.isLeader()).isTrue();
    }

    @Test
    void line6_aHigherPrepareWaitsUntilTheLeaseHasEnded() {
        node.granted(1, 2, 3);

        node.receive(2, prepareOf(ballot(2, 2)));

        assertThat(node.isLeader()).isTrue();
        assertThat(node.sentTo(2, Promise.class)).isEmpty();
    }

    @Test
    void line6_thePromiseLeavesOnlyInAStepThatPublishesNoLease() {
        node.granted(1, 2, 3);
        node.advance(LEASE - 1).receive(2, prepareOf(ballot(2, 2)));
        node.forget();
        assertThat(node.isLeader()).isFalse();

        node.advance(1);
        Effects effects = node.stepOnly(new Input.Applied(0, node.now()));

        assertThat(effects.lease()).isNull();
        assertThat(effects.persist().promise()).isEqualTo(ballot(2, 2));
        assertThat(effects.notices()).hasAtLeastOneElementOfType(Notice.Revoked.class);
        assertThat(ReplicaFixture.of(effects.sendNow(), 2, Promise.class)).isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 2, Promise.class)).hasSize(1);
    }

    @Test
    void line6_aLeaderThatItsElectionLeftDrainsWithoutHeartbeats() {
        Ballot ballot = node.granted(1, 2, 3);
        node.scripted().turnTo(ballot(2, 2));

        node.step(new Input.Applied(0, node.now()));
        int heartbeats = node.sentTo(2, LeaderHeartbeat.class).size();
        node.ticks(5);

        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::ballot)
                .containsExactly(ballot);
        assertThat(node.sentTo(2, LeaderHeartbeat.class)).hasSize(heartbeats);
        assertThat(node.isLeader()).isTrue();
        node.advance(LEASE);
        assertThat(node.isLeader()).isFalse();
    }

    @Test
    void line9_aLeaderThatGetsNothingDecidedSaysSoAndAsksForNoGrants() {
        node.granted(1, 2, 3);
        node.propose("never accepted");
        for (int tick = 1; tick <= 40; tick++) {
            node.tick();
            answerWithoutAccepting(1);
        }
        assertThat(node.lastSentTo(2, LeaderHeartbeat.class).happy()).isTrue();

        node.ticks(4);

        assertThat(node.lastSentTo(2, LeaderHeartbeat.class).happy()).isFalse();
        assertThat(node.scripted().lastStanding().able()).isFalse();
        answerWithoutAccepting(1);
        node.advance(LEASE);
        assertThat(node.isLeader()).isFalse();
    }

    @Test
    void line9_aLeaderThatGetsSomethingDecidedIsNotStuck() {
        node.granted(1, 2, 3);
        for (int tick = 1; tick <= 60; tick++) {
            node.propose("command " + tick);
            node.tick();
            answerWithoutAccepting(node.acceptedIndex() - 1);
        }

        assertThat(node.lastSentTo(2, LeaderHeartbeat.class).happy()).isTrue();
    }

    @Test
    void line10_itIsRevokedAtMostAHeartbeatAfterTheLeaseEnded() {
        node.granted(1, 2, 3);
        node.advance(HELD);
        assertThat(node.isLeader()).isFalse();

        node.advance(LEASE / 5 - 1).step(new Input.Applied(0, node.now()));
        assertThat(node.notices(Notice.Revoked.class)).isEmpty();

        node.advance(1).step(new Input.Applied(0, node.now()));
        assertThat(node.notices(Notice.Revoked.class)).hasSize(1);
    }

    @Test
    void line10_aLeaseThatIsRenewedWithinTheGraceIsOneLeadership() {
        node.granted(1, 2, 3);
        node.ticks(9);
        node.advance(HELD - 450 * MILLI + 10 * MILLI);
        assertThat(node.isLeader()).isFalse();

        node.answerLastHeartbeat(2);

        assertThat(node.isLeader()).isTrue();
        assertThat(node.notices(Notice.Granted.class)).hasSize(1);
        assertThat(node.notices(Notice.Revoked.class)).isEmpty();
    }

    @Test
    void line10_resumingInTheSameBallotIsGrantedAgainWithTheSameToken() {
        Ballot ballot = node.granted(1, 2, 3);
        for (int i = 0; i < 3; i++) {
            node.ticks(20);
            node.answerLastHeartbeat(3);
        }

        List<Notice> alternating = node.notices().stream()
                .filter(notice -> notice instanceof Notice.Granted || notice instanceof Notice.Revoked)
                .toList();
        assertThat(alternating).hasSize(7);
        for (int i = 0; i < 7; i++) {
            if (i % 2 == 0) {
                assertThat(alternating.get(i)).isEqualTo(new Notice.Granted(ballot, 1));
            } else {
                assertThat(alternating.get(i)).isInstanceOfSatisfying(Notice.Revoked.class, revoked -> {
                    assertThat(revoked.ballot()).isEqualTo(ballot);
                    assertThat(revoked.fencingToken()).isEqualTo(1);
                });
            }
        }
    }

    @Test
    void line10_onceRevokedWhileItDrainsALateAnswerDoesNotMakeItLeaderAgain() {
        node.granted(1, 2, 3);
        node.ticks(3);
        LeaderHeartbeat unanswered = node.lastSentTo(2, LeaderHeartbeat.class);
        node.step(new Input.EndLeadership(2, false, node.now()));
        node.ticks(9);
        assertThat(node.notices(Notice.Revoked.class)).hasSize(1);

        node.receive(2, grantOf(unanswered, 1));

        assertThat(node.notices(Notice.Granted.class)).hasSize(1);
        assertThat(node.isLeader()).isFalse();
    }

    @Test
    void line12_leadershipIsGrantedOnlyWhenTheOwnEntryIsApplied() {
        node.stopApplying();
        node.granted(1, 2, 3);
        assertThat(node.decidedIndex()).isEqualTo(1);
        assertThat(node.notices(Notice.Granted.class)).isEmpty();
        assertThat(node.isLeader()).isFalse();

        node.step(new Input.Applied(1, node.now()));

        assertThat(node.notices(Notice.Granted.class)).containsExactly(new Notice.Granted(ballot(1, 1), 1));
        assertThat(node.isLeader()).isTrue();
    }

    @Test
    void line12_leadershipIsNotGrantedBeforeTheOwnEntryIsDecided() {
        Ballot ballot = node.prepared(1, 2, 3);
        LeaderHeartbeat heartbeat = node.lastSentTo(2, LeaderHeartbeat.class);
        node.receive(2, new HeartbeatAnswer(ballot, heartbeat.round(), true, 0, true));
        assertThat(node.isLeader()).isFalse();
        assertThat(node.notices(Notice.Granted.class)).isEmpty();

        node.receive(2, new Accepted(ballot, 1));

        assertThat(node.isLeader()).isTrue();
    }

    @Test
    void line12_anAdoptedEntryOfAnOlderBallotIsNoToken() {
        Ballot old = ballot(1, 1);
        ReplicaFixture again = ReplicaFixture.of(1, 3)
                .stored(WriteBatch.promise(old))
                .stored(WriteBatch.accepted(old, new LogWrite(1, List.of(new LeadershipEntry(old))), 1))
                .start();
        Ballot ballot = again.candidate(2);
        again.receive(2, emptyPromise(ballot));
        LeaderHeartbeat heartbeat = again.lastSentTo(2, LeaderHeartbeat.class);
        again.receive(2, new HeartbeatAnswer(ballot, heartbeat.round(), true, 1, true));
        assertThat(again.isLeader()).isFalse();

        again.receive(2, new Accepted(ballot, 2));

        assertThat(again.notices(Notice.Granted.class)).containsExactly(new Notice.Granted(ballot, 2));
    }

    private void answerWithoutAccepting(long acceptedIndex) {
        node.receive(2, grantOf(node.lastSentTo(2, LeaderHeartbeat.class), acceptedIndex));
    }
}
