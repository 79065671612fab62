package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.emptyPromise;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node is after a crash, as a follower, between two leaders, and as a leader. */
class CrashRecoveryTest {

    private static final Ballot LED = ballot(3, 1);

    @Test
    void aFollowerGoesOnWithWhatItHadMadeDurable() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.following(LED, 1, entries("a", "b"));

        follower.restart();
        follower.receive(1, new AcceptDecide(LED, 3, List.of(entries("c")), 2));

        assertThat(follower.status().phase()).isEqualTo(Phase.FOLLOWING);
        assertThat(follower.storedEntries()).containsExactly(entries("a", "b", "c"));
        assertThat(follower.decidedIndex()).isEqualTo(2);
        assertThat(follower.lastSentTo(1, Accepted.class)).isEqualTo(new Accepted(LED, 3));
    }

    @Test
    void whatWasNotDurableIsLostAndWasNeverAcknowledged() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.following(LED, 0, entries("a"));
        follower.forget();
        follower.stepOnly(follower.received(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0)));
        assertThat(follower.sentTo(1, Accepted.class)).isEmpty();

        follower.restart();

        assertThat(follower.acceptedIndex()).isEqualTo(1);
    }

    @Test
    void aPromiseThatWasNotDurableIsForgotten() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.stepOnly(follower.received(1, prepareOf(LED)));

        follower.restart();

        assertThat(follower.status().promise()).isEqualTo(Ballot.NONE);
    }

    @Test
    void whoHadPromisedButNotAcceptedAsksEverybodyToBePrepared() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.following(LED, 0, entries("a"));
        Ballot next = ballot(4, 2);
        follower.receive(2, prepareOf(next));

        follower.restart();
        follower.ticks(RESEND_TICKS);

        assertThat(follower.status().phase()).isEqualTo(Phase.RECOVERING);
        assertThat(follower.sentTo(1, PrepareRequest.class)).containsExactly(new PrepareRequest(next));
        assertThat(follower.sentTo(2, PrepareRequest.class)).containsExactly(new PrepareRequest(next));
    }

    @Test
    void whoHadPromisedButNotAcceptedIsPreparedAnewInTheSameBallot() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        Ballot next = ballot(4, 2);
        follower.receive(2, prepareOf(next));
        Nonce before = follower.lastSentTo(2, Promise.class).nonce();
        follower.restart();

        follower.receive(2, prepareOf(next));
        Nonce after = follower.lastSentTo(2, Promise.class).nonce();
        follower.receive(2, new AcceptSync(next, before, 1, List.of(entries("stale")), 0));
        assertThat(follower.acceptedIndex()).isZero();
        follower.receive(2, new AcceptSync(next, after, 1, List.of(entries("a", "b")), 0));

        assertThat(after).isGreaterThan(before);
        assertThat(follower.storedEntries()).containsExactly(entries("a", "b"));
    }

    @Test
    void anEntryOfABallotThatItHasNotAcceptedInIsNotTakenAfterARestart() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        follower.following(LED, 0, entries("a"));
        Ballot next = ballot(4, 2);
        follower.receive(2, prepareOf(next));
        follower.restart();

        follower.receive(2, new AcceptDecide(next, 2, List.of(entries("b")), 2));

        assertThat(follower.storedEntries()).containsExactly(entries("a"));
        assertThat(follower.decidedIndex()).isZero();
    }

    @Test
    void aRestartedLeaderDoesNotLeadItsOldBallot() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.granted(1, 2, 3);
        LeaderHeartbeat heartbeat = leader.lastSentTo(2, LeaderHeartbeat.class);

        leader.restart();
        leader.receive(2, ReplicaFixture.grantOf(heartbeat, 1));
        leader.receive(2, emptyPromise(own));
        leader.receive(3, emptyPromise(own));
        leader.receive(2, new Accepted(own, 1));
        leader.ticks(20);

        assertThat(leader.status().phase()).isEqualTo(Phase.RECOVERING);
        assertThat(leader.isLeader()).isFalse();
        assertThat(leader.sentTo(2, LeaderHeartbeat.class)).isEmpty();
    }

    @Test
    void aRestartedLeaderIsNotPreparedInItsOldBallotByItsElection() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        leader.granted(1, 2, 3);
        leader.restart();

        leader.candidate(1);

        assertThat(leader.sentTo(2, Prepare.class)).isEmpty();
        assertThat(leader.status().phase()).isEqualTo(Phase.RECOVERING);
    }

    @Test
    void aRestartedLeaderLeadsAgainInAHigherBallotWithItsWholeLog() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot first = leader.granted(1, 2, 3);
        LogEntry undecided = leader.propose("undecided");
        leader.restart();

        Ballot second = leader.candidate(2);
        leader.receive(2, new Promise(second, new Nonce(1, 2), first, 1, 1, 2, List.of()));
        leader.receive(2, new Accepted(second, 3));

        assertThat(leader.storedEntries())
                .containsExactly(new LeadershipEntry(first), undecided, new LeadershipEntry(second));
        assertThat(leader.lastSentTo(2, AcceptSync.class).entries())
                .containsExactly(undecided, new LeadershipEntry(second));
        assertThat(leader.decidedIndex()).isEqualTo(3);
    }

    @Test
    void aDemotedLeaderTakesTheNewLeadersLogOverItsUndecidedEntries() {
        ReplicaFixture old = ReplicaFixture.of(1, 3).start();
        old.granted(1, 2, 3);
        old.propose("never accepted");
        old.scripted().setHappy(false);
        old.ticks(10);
        Ballot next = ballot(2, 2);

        old.receive(2, prepareOf(next));
        Nonce nonce = old.lastSentTo(2, Promise.class).nonce();
        old.receive(2, new AcceptSync(next, nonce, 2, List.of(entry("x"), new LeadershipEntry(next)), 1));

        assertThat(old.storedEntries())
                .containsExactly(new LeadershipEntry(ballot(1, 1)), entry("x"), new LeadershipEntry(next));
        assertThat(old.status().phase()).isEqualTo(Phase.FOLLOWING);
    }

    @Test
    void aNewNodeAsksWhoLeadsAndIsPreparedWhenSomebodyAnswers() {
        ReplicaFixture fresh = ReplicaFixture.of(3, 3).start();
        fresh.step(new Input.Reconnected(1, fresh.now()));
        assertThat(fresh.sentTo(1, PrepareRequest.class)).containsExactly(new PrepareRequest(Ballot.NONE));

        fresh.following(LED, 2, entries("a", "b"));

        assertThat(fresh.appliedThrough()).isEqualTo(2);
    }

    @Test
    void oneNodeAloneLeadsAtOnceAlsoAfterARestart() {
        ReplicaFixture alone = ReplicaFixture.withBallotElection(1, 1).start();
        alone.tick();
        assertThat(alone.isLeader()).isTrue();
        alone.propose("a");
        assertThat(alone.appliedThrough()).isEqualTo(2);

        alone.restart();
        alone.tick();

        assertThat(alone.isLeader()).isTrue();
        assertThat(alone.storedEntries()).hasSize(3);
        assertThat(alone.status().fencingToken()).isEqualTo(3);
    }
}
