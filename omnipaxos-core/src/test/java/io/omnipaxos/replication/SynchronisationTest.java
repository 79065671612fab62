package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.emptyPromise;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a leader brings followers to its log, and what a follower makes of it. */
class SynchronisationTest {

    private static final Ballot ROUND = ballot(3, 1);
    private static final Ballot LED = ballot(5, 1);
    private static final Nonce NONCE = new Nonce(4, 2);

    // the leader: node 5 of five, which adopted a, b, c of round 3

    @Test
    void h3_aFollowerThatAcceptedInTheAdoptedRoundGetsWhatComesAfterIts() {
        ReplicaFixture leader = leader();

        leader.receive(4, new Promise(ballot(7, 5), NONCE, ROUND, 2, 0, 3, List.of()));

        assertSync(leader, 3, entry("c"), new LeadershipEntry(ballot(7, 5)));
    }

    @Test
    void h3_aFollowerWhoseLogIsLongerThanWhatWasAdoptedIsCutThere() {
        ReplicaFixture leader = leader();

        leader.receive(4, new Promise(ballot(7, 5), NONCE, ROUND, 9, 0, 10, List.of()));

        assertSync(leader, 4, new LeadershipEntry(ballot(7, 5)));
    }

    @Test
    void h3_aFollowerOfAnotherRoundGetsAllThatIsNotDecidedThere() {
        ReplicaFixture leader = leader();

        leader.receive(4, new Promise(ballot(7, 5), NONCE, ballot(2, 2), 8, 1, 9, List.of()));

        assertSync(leader, 2, entry("b"), entry("c"), new LeadershipEntry(ballot(7, 5)));
    }

    @Test
    void h3_aFollowerThatAcceptedInThisBallotGetsOnlyMore() {
        ReplicaFixture leader = leader();

        leader.receive(4, new Promise(ballot(7, 5), NONCE, ballot(7, 5), 4, 0, 5, List.of()));

        assertSync(leader, 5);
    }

    @Test
    void everyPromiseOfTheQuorumIsAnsweredWithItsOwnNonce() {
        ReplicaFixture leader = leader();

        assertThat(leader.lastSentTo(1, AcceptSync.class).nonce()).isEqualTo(new Nonce(1, 1));
        assertThat(leader.lastSentTo(2, AcceptSync.class).nonce()).isEqualTo(new Nonce(1, 9));
        assertThat(leader.sentTo(3, AcceptSync.class)).isEmpty();
    }

    @Test
    void aFollowerThatIsInStepIsNotSynchronisedAgainByAnOldPromise() {
        ReplicaFixture leader = leader();
        leader.receive(1, new Accepted(ballot(7, 5), 4));
        leader.forget();

        leader.receive(1, new Promise(ballot(7, 5), new Nonce(1, 1), ROUND, 3, 0, 4, List.of()));

        assertThat(leader.sentTo(1, AcceptSync.class)).isEmpty();
    }

    @Test
    void aFollowerThatPromisedAnewIsSynchronisedAnew() {
        ReplicaFixture leader = leader();
        leader.receive(1, new Accepted(ballot(7, 5), 4));
        leader.forget();

        leader.receive(1, new Promise(ballot(7, 5), new Nonce(2, 1), ballot(7, 5), 4, 0, 5, List.of()));

        assertThat(leader.lastSentTo(1, AcceptSync.class).nonce()).isEqualTo(new Nonce(2, 1));
    }

    @Test
    void aFollowerThatDidNotPromiseGetsNoEntries() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        leader.granted(1, 2);

        leader.propose("a");

        assertThat(leader.sentTo(2, AcceptDecide.class)).hasSize(1);
        assertThat(leader.sentTo(3, AcceptDecide.class)).isEmpty();
    }

    private static ReplicaFixture leader() {
        ReplicaFixture leader = ReplicaFixture.of(5, 5)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c"))), 1))
                .start();
        Ballot own = leader.candidate(7);
        leader.receive(1, new Promise(own, new Nonce(1, 1), ROUND, 3, 0, 4, List.of()));
        leader.receive(2, new Promise(own, new Nonce(1, 9), ROUND, 3, 0, 4, List.of()));
        return leader;
    }

    private static void assertSync(ReplicaFixture leader, long firstIndex, LogEntry... entries) {
        assertThat(leader.sentTo(4, AcceptSync.class))
                .containsExactly(new AcceptSync(ballot(7, 5), NONCE, firstIndex, List.of(entries), 1));
    }

    // the follower: node 2 of three with a, b, c of round 3, of which one is decided

    private final ReplicaFixture node = ReplicaFixture.of(2, 3)
            .stored(WriteBatch.promise(ROUND))
            .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c"))), 1))
            .start();

    @Test
    void theFollowersLogBecomesTheLeaders() {
        Nonce nonce = promised();

        node.receive(1, new AcceptSync(LED, nonce, 2, List.of(entries("x")), 2));

        assertThat(node.storedEntries()).containsExactly(entries("a", "x"));
        assertThat(node.durable().acceptedRound()).isEqualTo(LED);
        assertThat(node.durable().decidedIndex()).isEqualTo(2);
        assertThat(node.sentTo(1, Accepted.class)).containsExactly(new Accepted(LED, 2));
        assertThat(node.status().phase()).isEqualTo(Phase.FOLLOWING);
    }

    @Test
    void b9_theAnswerToAnOlderPromiseIsRefused() {
        Nonce nonce = promised();
        Nonce older = new Nonce(nonce.boot(), nonce.number() - 1);
        Nonce olderBoot = new Nonce(nonce.boot() - 1, nonce.number() + 7);

        node.receive(1, new AcceptSync(LED, older, 2, List.of(entries("x")), 2));
        node.receive(1, new AcceptSync(LED, olderBoot, 2, List.of(entries("x")), 2));

        assertThat(node.storedEntries()).containsExactly(entries("a", "b", "c"));
        assertThat(node.status().phase()).isEqualTo(Phase.PROMISING);
        assertThat(node.sentTo(1, Accepted.class)).isEmpty();
    }

    @Test
    void b9_aSynchronisationThatComesTwiceCutsNothingOffAndIsAcknowledgedAgain() {
        Nonce nonce = promised();
        AcceptSync sync = new AcceptSync(LED, nonce, 2, List.of(entries("x")), 1);
        node.receive(1, sync);
        node.receive(1, new AcceptDecide(LED, 3, List.of(entries("y")), 1));
        node.forget();

        Effects effects = node.receive(1, sync);

        assertThat(effects.persist().isEmpty()).isTrue();
        assertThat(node.storedEntries()).containsExactly(entries("a", "x", "y"));
        assertThat(node.sentTo(1, Accepted.class)).containsExactly(new Accepted(LED, 3));
    }

    @Test
    void b9_afterARestartASynchronisationOfBeforeCutsNothingOff() {
        Nonce nonce = promised();
        AcceptSync sync = new AcceptSync(LED, nonce, 2, List.of(entries("x")), 1);
        node.receive(1, sync);
        node.receive(1, new AcceptDecide(LED, 3, List.of(entries("y")), 1));
        node.restart();

        node.receive(1, sync);

        assertThat(node.storedEntries()).containsExactly(entries("a", "x", "y"));
    }

    @Test
    void b3_aLeaderThatKnowsLessDecidedLowersNothing() {
        Nonce nonce = promised();

        node.receive(1, new AcceptSync(LED, nonce, 2, List.of(entries("x")), 0));

        assertThat(node.decidedIndex()).isEqualTo(1);
        assertThat(node.durable().decidedIndex()).isEqualTo(1);
    }

    @Test
    void aSynchronisationThatContradictsWhatIsDecidedIsOfALeaderThatIsNoneAnyMore() {
        Nonce nonce = promised();
        List<LogEntry> before = node.storedEntries();

        node.receive(1, new AcceptSync(LED, nonce, 1, List.of(entries("other", "b")), 1));

        assertThat(node.storedEntries()).isEqualTo(before);
        assertThat(node.sentTo(1, Accepted.class)).isEmpty();
    }

    @Test
    void whatIsDecidedIsNotWrittenAgain() {
        Nonce nonce = promised();

        Effects effects = node.receive(1, new AcceptSync(LED, nonce, 1, List.of(entries("a", "x")), 1));

        assertThat(effects.persist().entries()).isEqualTo(new LogWrite(2, List.of(entries("x"))));
    }

    @Test
    void aSynchronisationBeforeThePromiseIsNotTaken() {
        node.receive(1, new AcceptSync(LED, new Nonce(1, 1), 2, List.of(entries("x")), 2));

        assertThat(node.storedEntries()).containsExactly(entries("a", "b", "c"));
        assertThat(node.durable().acceptedRound()).isEqualTo(ROUND);
    }

    @Test
    void entriesBeforeTheSynchronisationAreNotTaken() {
        promised();

        node.receive(1, new AcceptDecide(LED, 4, List.of(entries("d")), 4));

        assertThat(node.acceptedIndex()).isEqualTo(3);
        assertThat(node.decidedIndex()).isEqualTo(1);
        assertThat(node.sentTo(1, Accepted.class)).isEmpty();
    }

    @Test
    void aLateFollowerEndsUpWithTheLeadersLogWhateverItHadBefore() {
        List<LogEntry> all = new ArrayList<>(List.of(entries("a", "b", "c")));
        ReplicaFixture leader = leader();
        all.add(new LeadershipEntry(ballot(7, 5)));
        ReplicaFixture late = ReplicaFixture.of(3, 5)
                .stored(WriteBatch.promise(ballot(2, 2)))
                .stored(WriteBatch.accepted(ballot(2, 2), new LogWrite(1, List.of(entries("a", "junk", "junk"))), 1))
                .start();

        late.receive(5, prepareOf(ballot(7, 5)));
        leader.receive(3, late.lastSentTo(5, Promise.class));
        late.receive(5, leader.lastSentTo(3, AcceptSync.class));

        assertThat(late.storedEntries()).isEqualTo(all);
    }

    @Test
    void anEmptyFollowerGetsEverything() {
        ReplicaFixture leader = leader();

        leader.receive(3, emptyPromise(ballot(7, 5)));

        assertThat(leader.lastSentTo(3, AcceptSync.class).firstIndex()).isEqualTo(1);
        assertThat(leader.lastSentTo(3, AcceptSync.class).entries()).hasSize(4);
    }

    private Nonce promised() {
        node.receive(1, prepareOf(LED));
        return node.lastSentTo(1, Promise.class).nonce();
    }
}
