package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an entry is decided, at the leader and at the follower. */
class DecidingTest {

    private static final Ballot LED = ballot(3, 1);

    @Test
    void b14_whatTheWriteQuorumThLargestAcceptedIs() {
        ReplicaFixture leader = ReplicaFixture.of(1, 5).start();
        Ballot own = leader.granted(1, 2, 3, 4, 5);
        leader.propose("a");
        leader.propose("b");
        leader.propose("c");

        leader.receive(2, new Accepted(own, 4));
        assertThat(leader.decidedIndex()).isEqualTo(1);

        leader.receive(3, new Accepted(own, 2));
        assertThat(leader.decidedIndex()).isEqualTo(2);

        leader.receive(4, new Accepted(own, 3));
        assertThat(leader.decidedIndex()).isEqualTo(3);
    }

    @Test
    void withWriteThreeOfSevenTwoFollowersDecide() {
        ReplicaFixture leader = ReplicaFixture.of(1, new Quorums(7, 5, 3)).start();
        Ballot own = leader.granted(1, 2, 3, 4, 5);
        leader.propose("a");

        leader.receive(6, new Accepted(own, 2));
        assertThat(leader.decidedIndex()).isEqualTo(1);

        leader.receive(7, new Accepted(own, 2));
        assertThat(leader.decidedIndex()).isEqualTo(2);
    }

    @Test
    void withReadFiveOfSevenFourPromisesDoNotLead() {
        ReplicaFixture candidate = ReplicaFixture.of(1, new Quorums(7, 5, 3)).start();
        Ballot own = candidate.prepared(1, 2, 3, 4);
        assertThat(candidate.acceptedIndex()).isZero();

        candidate.receive(5, ReplicaFixture.emptyPromise(own));
        assertThat(candidate.acceptedIndex()).isEqualTo(1);
    }

    @Test
    void anAcknowledgementThatWasOvertakenLowersNothing() {
        ReplicaFixture leader = ReplicaFixture.of(1, 5).start();
        Ballot own = leader.granted(1, 2, 3, 4, 5);
        leader.propose("a");
        leader.propose("b");

        leader.receive(2, new Accepted(own, 3));
        leader.receive(2, new Accepted(own, 2));
        leader.receive(3, new Accepted(own, 3));

        assertThat(leader.decidedIndex()).isEqualTo(3);
    }

    @Test
    void aFollowersAcceptedIndexIsNeverTakenFromItsPromise() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.prepared(1, 2);

        leader.receive(3, new Promise(own, new Nonce(1, 1), own, 1, 0, 2, List.of()));
        assertThat(leader.decidedIndex()).isZero();

        leader.receive(3, new Accepted(own, 1));
        assertThat(leader.decidedIndex()).isEqualTo(1);
    }

    @Test
    void whatIsDecidedIsToldOnceToEachFollower() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.granted(1, 2, 3);
        leader.propose("a");
        leader.forget();

        leader.receive(2, new Accepted(own, 2));
        leader.receive(3, new Accepted(own, 2));

        assertThat(leader.sentTo(2, Decide.class)).containsExactly(new Decide(own, 2));
        assertThat(leader.sentTo(3, Decide.class)).containsExactly(new Decide(own, 2));
    }

    @Test
    void theDecisionRidesOnTheNextEntries() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.granted(1, 2, 3);
        leader.propose("a");
        leader.forget();

        leader.step(
                leader.received(2, new Accepted(own, 2)),
                new io.omnipaxos.replica.Input.Proposed(List.of(ReplicaFixture.command(1, 9, "b")), leader.now()));

        assertThat(leader.lastSentTo(3, AcceptDecide.class).decidedIndex()).isEqualTo(2);
        assertThat(leader.sentTo(3, Decide.class)).isEmpty();
    }

    @Test
    void aFollowerDecidesNoMoreThanItHasAccepted() {
        ReplicaFixture follower = follower();

        follower.receive(1, new Decide(LED, 10));

        assertThat(follower.decidedIndex()).isEqualTo(3);
    }

    @Test
    void b3_anOlderDecisionLowersNothing() {
        ReplicaFixture follower = follower();
        follower.receive(1, new Decide(LED, 3));

        follower.receive(1, new Decide(LED, 1));
        follower.receive(1, new AcceptDecide(LED, 4, List.of(entries("d")), 2));

        assertThat(follower.decidedIndex()).isEqualTo(3);
    }

    @Test
    void theDecisionOfALeaderOfThePastIsRefused() {
        ReplicaFixture follower = follower();

        follower.receive(2, new Decide(ballot(2, 2), 3));

        assertThat(follower.decidedIndex()).isZero();
        assertThat(follower.sentTo(2, NotAccepted.class)).containsExactly(new NotAccepted(LED));
    }

    @Test
    void aHeartbeatDecidesNothingBeforeTheLogIsTheLeaders() {
        ReplicaFixture follower = follower();
        Ballot next = ballot(4, 2);
        follower.receive(2, prepareOf(next));

        follower.receive(2, new LeaderHeartbeat(next, 1, true, 1, 3, 3, 0));
        follower.receive(2, new Decide(next, 3));
        assertThat(follower.decidedIndex()).isZero();

        Nonce nonce = follower.lastSentTo(2, Promise.class).nonce();
        follower.receive(2, new AcceptSync(next, nonce, 1, List.of(entries("x", "y", "z")), 0));
        follower.receive(2, new LeaderHeartbeat(next, 2, true, 1, 3, 2, 0));
        assertThat(follower.decidedIndex()).isEqualTo(2);
    }

    @Test
    void aHeartbeatAnswerFromBeforeTheSynchronisationAcknowledgesNothing() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.prepared(1, 2);
        long round = leader.lastSentTo(2, LeaderHeartbeat.class).round();

        leader.receive(2, new HeartbeatAnswer(own, round, false, 0, true));

        assertThat(leader.decidedIndex()).isZero();
    }

    @Test
    void theDecidedIndexIsStoredAlongWithTheNextWriteAndCostsNoneOfItsOwn() {
        ReplicaFixture follower = follower();

        assertThat(follower.receive(1, new Decide(LED, 2)).persist().isEmpty()).isTrue();
        assertThat(follower.durable().decidedIndex()).isZero();

        follower.receive(1, new AcceptDecide(LED, 4, List.of(entry("d")), 2));
        assertThat(follower.durable().decidedIndex()).isEqualTo(2);
    }

    private static ReplicaFixture follower() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.following(LED, 0, entries("a", "b", "c"));
        return follower;
    }
}
