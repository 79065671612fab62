package io.omnipaxos.lease;

import static io.omnipaxos.replica.ReplicaFixture.ELECTION_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.grantOf;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus;
import org.junit.jupiter.api.Test;

/** Line 8 of the lease, on the node that gives leadership up: a release is final. */
class ReleaseTest {

    private static final Ballot LED = ballot(1, 1);

    private final ReplicaFixture node = ReplicaFixture.of(1, 5).start();

    @Test
    void line6_theLeaseIsGoneInTheVeryStepThatSendsTheRelease() {
        node.granted(1, 2, 3, 4, 5);

        Effects effects = node.step(new Input.Release(node.status().promise(), 3, node.now()));

        assertThat(effects.lease()).isNull();
        assertThat(effects.sendNow())
                .extracting(Envelope::message)
                .contains(new Released(LED, true), new Released(LED, false));
        assertThat(node.notices(Notice.Revoked.class)).hasSize(1);
    }

    @Test
    void line8_onlyTheSuccessorIsAskedToTakeOver() {
        node.granted(1, 2, 3, 4, 5);

        node.step(new Input.Release(node.status().promise(), 3, node.now()));

        assertThat(node.sentTo(3, Released.class)).containsExactly(new Released(LED, true));
        for (long other : new long[] {2, 4, 5}) {
            assertThat(node.sentTo(other, Released.class)).containsExactly(new Released(LED, false));
        }
    }

    @Test
    void line8_theSuccessorIsTheMostAdvancedFollower() {
        node.granted(1, 2, 3, 4, 5);
        node.scripted().hears(5, 10);
        node.propose("a");
        node.receive(3, new Accepted(LED, 2));

        node.step(new Input.EndLeadership(0, false, node.now()));

        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(3L);
    }

    @Test
    void line8_amongEquallyAdvancedFollowersTheHighestPriorityIsTheSuccessor() {
        node.granted(1, 2, 3, 4, 5);
        node.scripted().hears(2, 10);
        node.scripted().hears(5, 3);

        node.step(new Input.EndLeadership(0, false, node.now()));

        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(2L);
    }

    @Test
    void line8_aFollowerThatDoesNotGrantIsNoSuccessor() {
        node.granted(1, 2, 3);
        node.scripted().hears(5, 10);

        node.step(new Input.EndLeadership(5, false, node.now()));
        node.step(new Input.EndLeadership(0, false, node.now()));

        assertThat(node.notices(Notice.EndingRefused.class)).hasSize(1);
        assertThat(node.notices(Notice.EndingRefused.class).get(0).reason()).contains("node 5");
        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(3L);
    }

    @Test
    void line8_aFollowerThatDoesNotStandIsNoSuccessor() {
        node.granted(1, 2, 3);
        node.scripted().hears(3, 10);
        node.propose("a");
        node.receive(3, new Accepted(LED, 2));
        LeaderHeartbeat heartbeat = node.lastSentTo(3, LeaderHeartbeat.class);
        node.receive(3, new HeartbeatAnswer(LED, heartbeat.round(), true, 2, false));

        node.step(new Input.EndLeadership(3, false, node.now()));
        node.step(new Input.EndLeadership(0, false, node.now()));

        assertThat(node.notices(Notice.EndingRefused.class))
                .extracting(Notice.EndingRefused::reason)
                .containsExactly("node 3 does not stand for election now");
        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(2L);
    }

    @Test
    void whoDoesNotLeadHasNothingToEnd() {
        node.step(new Input.EndLeadership(0, false, node.now()));

        assertThat(node.notices()).containsExactly(new Notice.EndingRefused("this node does not lead"));
    }

    @Test
    void whereNobodyCouldTakeOverItIsEndedOnlyIfThatIsWanted() {
        ReplicaFixture alone = ReplicaFixture.withBallotElection(1, 1).start();
        alone.tick();
        assertThat(alone.isLeader()).isTrue();

        alone.step(new Input.EndLeadership(0, false, alone.now()));
        assertThat(alone.notices(Notice.EndingRefused.class)).hasSize(1);

        alone.step(new Input.EndLeadership(0, true, alone.now()));
        assertThat(alone.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(0L);
    }

    @Test
    void itIsEndedOnlyOnce() {
        node.granted(1, 2, 3, 4, 5);
        node.step(new Input.EndLeadership(2, false, node.now()));

        node.step(new Input.EndLeadership(3, false, node.now()));

        assertThat(node.notices(Notice.Ending.class)).hasSize(1);
        assertThat(node.notices(Notice.EndingRefused.class)).hasSize(1);
    }

    @Test
    void line8_whileItDrainsItKeepsItsLease() {
        node.granted(1, 2, 3, 4, 5);
        node.step(new Input.EndLeadership(2, false, node.now()));
        node.forget();

        for (int i = 0; i < 20; i++) {
            node.ticks(2);
            node.receive(2, grantOf(node.lastSentTo(2, LeaderHeartbeat.class), 1));
            node.receive(3, grantOf(node.lastSentTo(3, LeaderHeartbeat.class), 1));
        }

        assertThat(node.isLeader()).isTrue();
        assertThat(node.notices(Notice.Revoked.class)).isEmpty();
    }

    @Test
    void line6_whileItDrainsForAHigherBallotItAsksForNoMoreTime() {
        node.granted(1, 2, 3, 4, 5);
        node.scripted().follow(ballot(2, 3));
        node.tick();
        assertThat(node.notices(Notice.Ending.class)).hasSize(1);
        node.forget();

        node.ticks(5);

        assertThat(node.isLeader()).isTrue();
        assertThat(node.sentTo(2, LeaderHeartbeat.class)).isEmpty();
    }

    @Test
    void line8_afterwardsItNeitherAsksForNorCountsNorClaimsAnythingInThatBallot() {
        node.granted(1, 2, 3, 4, 5);
        node.ticks(2);
        LeaderHeartbeat last = node.lastSentTo(2, LeaderHeartbeat.class);
        node.step(new Input.Release(node.status().promise(), 2, node.now()));
        node.forget();

        node.receive(3, grantOf(last, 1));
        node.receive(4, grantOf(last, 1));
        node.receive(5, new Accepted(LED, 1));
        node.receive(5, new PrepareRequest(LED));
        node.receive(3, ReplicaFixture.emptyPromise(LED));
        node.ticks(100);

        assertThat(node.isLeader()).isFalse();
        assertThat(node.status().phase()).isEqualTo(ReplicaStatus.Phase.RECOVERING);
        assertThat(node.sentTo(2, LeaderHeartbeat.class)).isEmpty();
        assertThat(node.sentTo(5, Prepare.class)).isEmpty();
        assertThat(node.notices(Notice.Granted.class)).isEmpty();
    }

    @Test
    void line8_afterwardsNothingOfItsOwnStandsInTheSuccessorsWay() {
        node.granted(1, 2, 3, 4, 5);
        node.step(new Input.Release(node.status().promise(), 2, node.now()));

        node.receive(2, prepareOf(ballot(2, 2)));

        assertThat(node.sentTo(2, Promise.class)).hasSize(1);
    }

    @Test
    void line8_afterwardsItDoesNotStandForFourElectionTimeouts() {
        node.granted(1, 2, 3, 4, 5);
        node.step(new Input.Release(node.status().promise(), 2, node.now()));

        node.ticks(4 * ELECTION_TICKS - 1);
        assertThat(node.scripted().lastStanding().stands()).isFalse();
        assertThat(node.scripted().lastStanding().able()).isFalse();

        node.tick();
        assertThat(node.scripted().lastStanding().stands()).isTrue();
    }

    @Test
    void line8_afterwardsItSaysThatItIsNotHappy() {
        ReplicaFixture leader = leaderOfThreeByBallotElection();
        leader.step(new Input.Release(leader.status().promise(), 2, leader.now()));

        leader.receive(2, new HeartbeatRequest(1, 99));

        HeartbeatReply reply = leader.lastSentTo(2, HeartbeatReply.class);
        assertThat(reply.round()).isEqualTo(99);
        assertThat(reply.happy()).isFalse();
    }

    @Test
    void aFollowerThatPromisedAnotherIsWonBackByANewBallotOfThisNode() {
        Ballot elsewhere = ballot(7, 5);
        node.granted(1, 2, 3, 4);
        for (int tick = 0; tick < 4 * ELECTION_TICKS + 2; tick++) {
            node.receive(5, new NotAccepted(elsewhere));
            node.tick();
            node.answerLastHeartbeat(2, 3, 4);
        }
        assertThat(node.notices(Notice.Ending.class))
                .extracting(Notice.Ending::successor)
                .containsExactly(1L);
        node.forget();

        node.step(new Input.Release(node.status().promise(), 1, node.now()));

        assertThat(node.lastSentTo(5, Prepare.class).ballot()).isEqualTo(ballot(8, 1));
        assertThat(node.lastSentTo(2, Prepare.class).released()).isEqualTo(LED);
    }

    @Test
    void releasingWithoutLeadingChangesNothing() {
        Effects effects = node.step(new Input.Release(node.status().promise(), 2, node.now()));

        assertThat(effects.sendNow()).isEmpty();
        assertThat(effects.sendAfterSync()).isEmpty();
        assertThat(effects.notices()).isEmpty();
    }

    private static ReplicaFixture leaderOfThreeByBallotElection() {
        ReplicaFixture leader = ReplicaFixture.withBallotElection(3, 3).start();
        for (int tick = 0; tick < 3 * ELECTION_TICKS && !leader.isLeader(); tick++) {
            leader.tick();
            leader.answerAs(2);
        }
        assertThat(leader.isLeader()).isTrue();
        return leader;
    }
}
