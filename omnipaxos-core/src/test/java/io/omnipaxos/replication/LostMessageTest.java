package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.HEARTBEAT_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.emptyPromise;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.heartbeat;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that are lost, repeated or overtaken: what repairs each. */
class LostMessageTest {

    private static final Ballot LED = ballot(3, 1);

    private final ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
    private final ReplicaFixture follower = ReplicaFixture.of(3, 3).start();

    @Test
    void b6_lostEntriesAreSentAgainWithinOneHeartbeat() {
        leader.granted(1, 2, 3);
        leader.propose("a");
        leader.forget();
        leader.ticks(HEARTBEAT_TICKS);

        answer(2, 1);

        assertThat(leader.sentTo(2, AcceptDecide.class)).hasSize(1);
        assertThat(leader.lastSentTo(2, AcceptDecide.class).firstIndex()).isEqualTo(2);
        assertThat(leader.sentTo(3, AcceptDecide.class)).isEmpty();
    }

    @Test
    void b6_entriesThatMayStillBeUnderWayAreNotSentAgain() {
        leader.granted(1, 2, 3);
        leader.ticks(HEARTBEAT_TICKS);
        leader.propose("a");
        LeaderHeartbeat before = leader.lastSentTo(2, LeaderHeartbeat.class);
        leader.forget();

        leader.receive(2, new HeartbeatAnswer(before.ballot(), before.round(), true, 1, true));

        assertThat(leader.sentTo(2, AcceptDecide.class)).isEmpty();
    }

    @Test
    void b6_aLostAcknowledgementComesWithTheNextHeartbeat() {
        leader.granted(1, 2, 3);
        leader.propose("a");
        leader.ticks(HEARTBEAT_TICKS);

        answer(2, 2);

        assertThat(leader.decidedIndex()).isEqualTo(2);
    }

    @Test
    void b6_aLostDecisionComesWithTheNextHeartbeat() {
        follower.following(LED, 0, entries("a", "b"));

        follower.receive(1, new LeaderHeartbeat(LED, 4, true, 1, 2, 2, 0));

        assertThat(follower.decidedIndex()).isEqualTo(2);
        assertThat(follower.appliedThrough()).isEqualTo(2);
    }

    @Test
    void b6_aFollowerSaysWithEachHeartbeatHowFarItIs() {
        follower.following(LED, 0, entries("a", "b"));
        follower.receive(1, new AcceptDecide(LED, 3, List.of(entries("c")), 0));

        follower.receive(1, heartbeat(LED, 4));

        assertThat(follower.lastSentTo(1, HeartbeatAnswer.class).acceptedIndex())
                .isEqualTo(3);
    }

    @Test
    void entriesThatComeTwiceAreAcknowledgedAgainAndWrittenOnce() {
        follower.following(LED, 0, entries("a"));
        AcceptDecide accept = new AcceptDecide(LED, 2, List.of(entries("b")), 0);
        follower.receive(1, accept);
        follower.forget();

        assertThat(follower.receive(1, accept).persist().isEmpty()).isTrue();

        assertThat(follower.storedEntries()).containsExactly(entries("a", "b"));
        assertThat(follower.sentTo(1, Accepted.class)).containsExactly(new Accepted(LED, 2));
    }

    @Test
    void entriesThatOverlapAreAddedFromWhereTheyAreNew() {
        follower.following(LED, 0, entries("a", "b"));

        follower.receive(1, new AcceptDecide(LED, 2, List.of(entries("b", "c", "d")), 1));

        assertThat(follower.storedEntries()).containsExactly(entries("a", "b", "c", "d"));
    }

    @Test
    void olderEntriesThatComeLateCutNothingOff() {
        follower.following(LED, 0, entries("a", "b", "c", "d"));

        follower.receive(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0));

        assertThat(follower.storedEntries()).hasSize(4);
    }

    @Test
    void entriesThatOvertookOthersAreNotTakenAndTheGapIsTold() {
        follower.following(LED, 0, entries("a"));
        follower.forget();

        follower.receive(1, new AcceptDecide(LED, 3, List.of(entries("c")), 3));
        assertThat(follower.storedEntries()).containsExactly(entries("a"));
        assertThat(follower.decidedIndex()).isEqualTo(1);
        follower.receive(1, new AcceptDecide(LED, 2, List.of(entries("b")), 3));
        follower.receive(1, new AcceptDecide(LED, 3, List.of(entries("c")), 3));

        assertThat(follower.storedEntries()).containsExactly(entries("a", "b", "c"));
        assertThat(follower.sentTo(1, Accepted.class))
                .containsExactly(new Accepted(LED, 1), new Accepted(LED, 2), new Accepted(LED, 3));
        assertThat(follower.decidedIndex()).isEqualTo(3);
    }

    @Test
    void afterAReconnectionWhatIsNotAcknowledgedIsSentAgain() {
        leader.granted(1, 2, 3);
        leader.propose("a");
        leader.propose("b");
        leader.receive(2, new Accepted(ballot(1, 1), 2));
        leader.forget();

        leader.step(new Input.Reconnected(2, leader.now()));

        assertThat(leader.lastSentTo(2, AcceptDecide.class).firstIndex()).isEqualTo(3);
        assertThat(leader.sentTo(3, AcceptDecide.class)).isEmpty();
    }

    @Test
    void entriesOfALeaderOfThePastAreRefused() {
        follower.following(LED, 0, entries("a"));
        Ballot past = ballot(2, 2);

        follower.receive(2, new AcceptDecide(past, 2, List.of(entries("x")), 2));
        follower.receive(2, new AcceptSync(past, new Nonce(1, 1), 1, List.of(entries("x")), 1));
        follower.receive(2, heartbeat(past, 1));

        assertThat(follower.sentTo(2, NotAccepted.class)).hasSize(3).containsOnly(new NotAccepted(LED));
        assertThat(follower.storedEntries()).containsExactly(entries("a"));
    }

    @Test
    void whoMissedThePrepareAsksForIt() {
        Ballot next = ballot(4, 2);
        follower.following(LED, 0, entries("a"));

        follower.receive(2, new AcceptDecide(next, 2, List.of(entries("x")), 2));
        follower.receive(2, new Decide(next, 1));
        follower.receive(2, heartbeat(next, 1));

        assertThat(follower.sentTo(2, PrepareRequest.class)).hasSize(3).containsOnly(new PrepareRequest(LED));
        assertThat(follower.status().promise()).isEqualTo(LED);
        assertThat(follower.decidedIndex()).isZero();
    }

    @Test
    void whoseKeptPrepareWaitsForTheGateDoesNotAskForIt() {
        Ballot next = ballot(4, 2);
        follower.following(LED, 0, entries("a"));
        follower.receive(1, heartbeat(LED, 1));
        follower.receive(2, prepareOf(next));

        follower.receive(2, heartbeat(next, 1));

        assertThat(follower.sentTo(2, PrepareRequest.class)).isEmpty();
    }

    @Test
    void aLeaderPreparesWhoeverAsks() {
        Ballot own = leader.granted(4, 2, 3);
        leader.forget();

        leader.receive(3, new PrepareRequest(LED));
        leader.receive(2, new PrepareRequest(own));

        assertThat(leader.sentTo(3, Prepare.class)).containsExactly(new Prepare(own, 1, own, 1, Ballot.NONE));
        assertThat(leader.sentTo(2, Prepare.class)).hasSize(1);
    }

    @Test
    void h8_aLeaderOfALowerBallotIgnoresTheRequest() {
        leader.granted(2, 2, 3);
        leader.forget();

        leader.receive(3, new PrepareRequest(ballot(3, 2)));

        assertThat(leader.sentTo(3, Prepare.class)).isEmpty();
    }

    @Test
    void h12_aCandidateSendsItsPrepareAgainToWhoHasNotPromised() {
        Ballot own = leader.candidate(1);
        ReplicaFixture ofFive = ReplicaFixture.of(1, 5).start();
        ofFive.prepared(1, 2);
        leader.forget();
        ofFive.forget();

        leader.ticks(RESEND_TICKS);
        ofFive.ticks(RESEND_TICKS);

        assertThat(leader.sentTo(2, Prepare.class)).containsExactly(prepareOf(own));
        assertThat(ofFive.sentTo(2, Prepare.class)).isEmpty();
        assertThat(ofFive.sentTo(3, Prepare.class)).hasSize(1);
    }

    @Test
    void h12_aLeaderSendsItsPrepareAgainToWhoHasNotPromised() {
        leader.granted(1, 2);
        leader.forget();

        leader.ticks(2 * RESEND_TICKS);

        assertThat(leader.sentTo(2, Prepare.class)).isEmpty();
        assertThat(leader.sentTo(3, Prepare.class)).hasSize(2);
        leader.receive(3, emptyPromise(ballot(1, 1)));
        assertThat(leader.sentTo(3, AcceptSync.class)).hasSize(1);
    }

    @Test
    void h12_aNodeThatKnowsNoLeaderAsksEverybodyAgainAndAgain() {
        follower.ticks(2 * RESEND_TICKS);

        assertThat(follower.sentTo(1, PrepareRequest.class)).hasSize(2).containsOnly(new PrepareRequest(Ballot.NONE));
        assertThat(follower.sentTo(2, PrepareRequest.class)).hasSize(2);
    }

    private void answer(long from, long acceptedIndex) {
        leader.receive(from, ReplicaFixture.grantOf(leader.lastSentTo(from, LeaderHeartbeat.class), acceptedIndex));
    }
}
