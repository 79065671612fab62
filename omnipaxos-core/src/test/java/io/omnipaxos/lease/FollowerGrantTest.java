package io.omnipaxos.lease;

import static io.omnipaxos.replica.ReplicaFixture.LEASE;
import static io.omnipaxos.replica.ReplicaFixture.MILLI;
import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.heartbeat;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The follower's side of the lease: node 2 follows the ballot of node 1, and node 3 would like to lead. */
class FollowerGrantTest {

    private static final Ballot LED = ballot(3, 1);
    private static final Ballot NEXT = ballot(4, 3);

    private final ReplicaFixture node = ReplicaFixture.of(2, 5).start();

    @BeforeEach
    void follow() {
        node.following(LED, 0, new LeadershipEntry(LED));
        node.forget();
    }

    @Test
    void line2_aContentFollowerThatAcceptsInTheBallotGrants() {
        node.receive(1, heartbeat(LED, 7));

        assertThat(node.sentTo(1, HeartbeatAnswer.class)).containsExactly(new HeartbeatAnswer(LED, 7, true, 1, true));
    }

    @Test
    void aFollowerSaysWhetherItWouldTakeOver() {
        node.step(new Input.Stand(false, node.now()));
        node.receive(1, heartbeat(LED, 7));
        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).stands()).isFalse();

        node.step(new Input.Stand(true, node.now()));
        node.receive(1, heartbeat(LED, 8));
        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).stands()).isTrue();
    }

    @Test
    void line2_anUnhappyFollowerRenewsNothing() {
        node.scripted().setHappy(false);

        node.receive(1, heartbeat(LED, 7));

        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).granted()).isFalse();
        node.receive(3, prepareOf(NEXT));
        assertThat(node.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line2_aFollowerWhoseElectionTurnedToAnotherRenewsNothing() {
        node.scripted().turnTo(NEXT);

        node.receive(1, heartbeat(LED, 7));

        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).granted()).isFalse();
    }

    @Test
    void line2_aLeaderThatIsNotHappyIsGrantedNothing() {
        node.receive(1, new LeaderHeartbeat(LED, 7, false, LEASE, 0, 0, 0));

        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).granted()).isFalse();
    }

    @Test
    void line2_whoDoesNotAcceptInTheBallotYetGrantsNothing() {
        node.receive(3, prepareOf(NEXT));

        node.receive(3, heartbeat(NEXT, 1));

        assertThat(node.sentTo(3, HeartbeatAnswer.class)).containsExactly(new HeartbeatAnswer(NEXT, 1, false, 0, true));
    }

    @Test
    void line2_aGrantLeavesAfterTheSyncOfThePromiseThatItRestsOn() {
        ReplicaFixture fresh = ReplicaFixture.of(2, 5).start();

        Effects effects = fresh.stepOnly(
                fresh.received(1, prepareOf(LED)),
                fresh.received(1, new AcceptSync(LED, new Nonce(1, 1), 1, List.of(new LeadershipEntry(LED)), 0)),
                fresh.received(1, heartbeat(LED, 1)));

        assertThat(effects.persist().promise()).isEqualTo(LED);
        assertThat(effects.sendNow()).isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 1, HeartbeatAnswer.class))
                .containsExactly(new HeartbeatAnswer(LED, 1, true, 0, true));
    }

    @Test
    void line2_theLargestDurationIsDurableBeforeItIsGranted() {
        Effects first = node.receive(1, new LeaderHeartbeat(LED, 1, true, 300, 0, 0, 0));
        Effects same = node.receive(1, new LeaderHeartbeat(LED, 2, true, 300, 0, 0, 0));
        Effects larger = node.receive(1, new LeaderHeartbeat(LED, 3, true, 400, 0, 0, 0));

        assertThat(first.persist().largestGrantNanos()).isEqualTo(300);
        assertThat(ReplicaFixture.of(first.sendAfterSync(), 1, HeartbeatAnswer.class))
                .hasSize(1);
        assertThat(same.persist().isEmpty()).isTrue();
        assertThat(larger.persist().largestGrantNanos()).isEqualTo(400);
    }

    @Test
    void line2_aGrantLastsTheCarriedDurationFromItsReceipt() {
        node.receive(1, new LeaderHeartbeat(LED, 1, true, 300 * MILLI, 0, 0, 0));

        node.advance(300 * MILLI - 1).receive(3, prepareOf(NEXT));
        assertThat(node.sentTo(3, Promise.class)).isEmpty();

        node.advance(1).step(new Input.Applied(0, node.now()));
        assertThat(node.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line4_aFollowerWithAHigherPromiseGrantsNothing() {
        node.receive(3, prepareOf(NEXT));
        node.forget();

        node.receive(1, heartbeat(LED, 8));

        assertThat(node.sentTo(1, HeartbeatAnswer.class)).isEmpty();
        assertThat(node.sentTo(1, NotAccepted.class)).containsExactly(new NotAccepted(NEXT));
    }

    @Test
    void line3_aPrepareWaitsForTheGateAndIsAnsweredTheMomentItOpens() {
        node.receive(1, heartbeat(LED, 1));
        node.ticks(5);
        node.receive(3, prepareOf(NEXT));
        node.ticks(4);
        assertThat(node.status().promise()).isEqualTo(LED);
        assertThat(node.sentTo(3, Promise.class)).isEmpty();

        node.tick();

        assertThat(node.status().promise()).isEqualTo(NEXT);
        assertThat(node.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line3_aKeptPrepareLapsesAfterTwoResendTimeouts() {
        node.receive(1, heartbeat(LED, 1));
        node.receive(3, prepareOf(NEXT));
        for (int tick = 1; tick < 2 * RESEND_TICKS; tick++) {
            node.tick();
            node.receive(1, heartbeat(LED, 1 + tick));
        }

        node.ticks(30);
        assertThat(node.status().promise()).isEqualTo(LED);

        node.receive(3, prepareOf(NEXT));
        assertThat(node.status().promise()).isEqualTo(NEXT);
    }

    @Test
    void line3_aPrepareThatIsSentAgainIsKeptAnew() {
        node.receive(1, heartbeat(LED, 1));
        node.receive(3, prepareOf(NEXT));
        node.ticks(6);
        node.receive(1, heartbeat(LED, 2));
        node.receive(3, prepareOf(NEXT));

        node.ticks(9);
        node.advance(49 * MILLI).step(new Input.Applied(0, node.now()));
        assertThat(node.status().promise()).isEqualTo(LED);
        node.advance(1 * MILLI).step(new Input.Applied(0, node.now()));

        assertThat(node.status().promise()).isEqualTo(NEXT);
    }

    @Test
    void line3_ofSeveralPreparesTheHighestIsKept() {
        node.receive(1, heartbeat(LED, 1));
        node.ticks(3);
        node.receive(4, prepareOf(ballot(5, 4)));
        node.receive(3, prepareOf(NEXT));

        node.ticks(7);

        assertThat(node.status().promise()).isEqualTo(ballot(5, 4));
        assertThat(node.sentTo(3, Promise.class)).isEmpty();
    }

    @Test
    void line3_theOwnNominationWaitsForTheGate() {
        node.receive(1, heartbeat(LED, 1));
        node.scripted().elect(ballot(4, 2));
        node.ticks(9);
        assertThat(node.scripted().lastStanding().gateOpen()).isFalse();
        assertThat(node.sentTo(1, Prepare.class)).isEmpty();

        node.tick();

        assertThat(node.status().promise()).isEqualTo(ballot(4, 2));
        assertThat(node.sentTo(1, Prepare.class)).hasSize(1);
    }

    @Test
    void line3_promisingSetsTheElectionToFollowContent() {
        node.scripted().setHappy(false);

        node.receive(3, prepareOf(NEXT));

        assertThat(node.scripted().leader()).isEqualTo(NEXT);
        assertThat(node.scripted().happy()).isTrue();
    }

    @Test
    void line7_afterARestartItWaitsForTheLargestGrantEverGiven() {
        node.receive(1, heartbeat(LED, 1));
        node.advance(10_000 * MILLI).start();

        node.advance(LEASE - 1).receive(3, prepareOf(NEXT));
        assertThat(node.status().promise()).isEqualTo(LED);
        assertThat(node.scripted().lastStanding().gateOpen()).isFalse();

        node.advance(1).step(new Input.Applied(0, node.now()));
        assertThat(node.status().promise()).isEqualTo(NEXT);
    }

    @Test
    void line7_aNodeThatGrantedNothingWaitsForNothing() {
        node.start();

        node.receive(3, prepareOf(NEXT));

        assertThat(node.status().promise()).isEqualTo(NEXT);
    }

    @Test
    void line7_promisingTheSameBallotAgainNeedsNoWait() {
        ReplicaFixture restarted = ReplicaFixture.of(2, 5)
                .stored(WriteBatch.promise(LED))
                .stored(WriteBatch.largestGrant(LEASE))
                .start();

        restarted.receive(1, prepareOf(LED));

        assertThat(restarted.sentTo(1, Promise.class)).hasSize(1);
    }

    @Test
    void line7_aNodeWhosePromiseIsItsOwnBallotNeedsNoWait() {
        ReplicaFixture restarted = ReplicaFixture.of(2, 5)
                .stored(WriteBatch.promise(ballot(3, 2)))
                .stored(WriteBatch.largestGrant(LEASE))
                .start();

        restarted.receive(3, prepareOf(NEXT));

        assertThat(restarted.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line8_aReleaseLetsTheKeptPrepareThroughAtOnce() {
        node.receive(1, heartbeat(LED, 1));
        node.receive(3, prepareOf(NEXT));

        node.receive(1, new Released(LED, false));

        assertThat(node.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line8_onlyTheLeaderItselfCanReleaseItsBallot() {
        node.receive(1, heartbeat(LED, 1));
        node.receive(3, prepareOf(NEXT));

        node.receive(3, new Released(LED, false));

        assertThat(node.sentTo(3, Promise.class)).isEmpty();
    }

    @Test
    void line8_theSuccessorsPrepareOpensTheGateEvenIfTheReleaseWasLost() {
        node.receive(1, heartbeat(LED, 1));

        node.receive(3, new Prepare(NEXT, 0, Ballot.NONE, 0, LED));

        assertThat(node.sentTo(3, Promise.class)).hasSize(1);
    }

    @Test
    void line8_aPrepareThatCarriesAnotherReleaseOpensNothing() {
        node.receive(1, heartbeat(LED, 1));

        node.receive(3, new Prepare(NEXT, 0, Ballot.NONE, 0, ballot(2, 1)));

        assertThat(node.sentTo(3, Promise.class)).isEmpty();
    }

    @Test
    void line8_aReleasedBallotIsGrantedNothingAnyMore() {
        node.receive(1, new Released(LED, false));

        node.receive(1, heartbeat(LED, 9));

        assertThat(node.lastSentTo(1, HeartbeatAnswer.class).granted()).isFalse();
    }

    @Test
    void line8_whoIsAskedToTakeOverStandsAtOnceAndItsPrepareCarriesTheRelease() {
        node.receive(1, heartbeat(LED, 1));

        node.receive(1, new Released(LED, true));

        Prepare prepare = node.lastSentTo(4, Prepare.class);
        assertThat(prepare.ballot()).isEqualTo(ballot(4, 2));
        assertThat(prepare.released()).isEqualTo(LED);
        assertThat(node.sentTo(1, Prepare.class)).hasSize(1);
    }

    @Test
    void line8_theRestIsNotAskedAndDoesNotStand() {
        node.receive(1, new Released(LED, false));

        assertThat(node.sentTo(4, Prepare.class)).isEmpty();
        assertThat(node.status().promise()).isEqualTo(LED);
    }

    @Test
    void line8_aRequestToTakeOverFromALeaderOfThePastIsPassedOver() {
        node.receive(3, prepareOf(NEXT));

        node.receive(1, new Released(LED, true));

        assertThat(node.sentTo(4, Prepare.class)).isEmpty();
        assertThat(node.status().promise()).isEqualTo(NEXT);
    }

    @Test
    void line8_aSuccessorThatLeadsAlreadyStillTellsALateVoterOfTheRelease() {
        node.receive(1, new Released(LED, true));
        Ballot own = ballot(4, 2);
        node.receive(3, ReplicaFixture.emptyPromise(own));
        node.receive(4, ReplicaFixture.emptyPromise(own));
        node.forget();

        node.ticks(RESEND_TICKS);

        assertThat(node.lastSentTo(5, Prepare.class).released()).isEqualTo(LED);
    }
}
