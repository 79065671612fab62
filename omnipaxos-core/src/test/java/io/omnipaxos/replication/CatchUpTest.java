package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.configuration;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.LearningMessage;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How a node that lags behind fetches what is decided, a piece at a time. Node 1 of three knows a to j to be decided; a to
 * f are compacted, under a snapshot of eleven bytes. Messages hold four bytes, and so one entry. Node 2 knows nothing.
 */
class CatchUpTest {

    private static final Ballot ROUND = ballot(3, 3);
    private static final String[] ALL = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    private static final long COMPACTED = 6;

    private final ReplicaFixture source = source(1);
    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    private static ReplicaFixture source(long pid) {
        ReplicaFixture source = ReplicaFixture.of(pid, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries(ALL))), ALL.length))
                .storedSnapshot(COMPACTED)
                .stored(WriteBatch.compacted(COMPACTED));
        source.maxMessageBytes = 4;
        return source.start();
    }

    // who is asked

    @Test
    void anEntryThatIsLargerThanAMessageComesAlone() {
        assertThat(answer(fetch(7))).isEqualTo(new Decided(7, List.of(entries("g")), 10, Ballot.NONE));
    }

    @Test
    void entriesComeAsManyAsFitIntoAMessage() {
        source.maxMessageBytes = 3 * 201;
        source.restart();

        assertThat(answer(fetch(7))).isEqualTo(new Decided(7, List.of(entries("g", "h", "i")), 10, Ballot.NONE));
    }

    @Test
    void whoKnowsOfNoMoreSaysSo() {
        assertThat(answer(fetch(11))).isEqualTo(new Decided(11, List.of(), 10, Ballot.NONE));
    }

    @Test
    void whatIsNotDecidedIsToldToNobody() {
        ReplicaFixture ahead = ReplicaFixture.of(1, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c"))), 1))
                .start();

        ahead.receive(2, fetch(1));

        assertThat(ahead.lastSentTo(2, Decided.class).entries()).containsExactly(entries("a"));
    }

    @Test
    void whereTheLogIsCompactedASnapshotComesInPiecesOfAMessage() {
        SnapshotPiece first = (SnapshotPiece) answer(fetch(1));
        SnapshotPiece second = (SnapshotPiece) answer(new Fetch(1, COMPACTED, 4, null));
        SnapshotPiece third = (SnapshotPiece) answer(new Fetch(1, COMPACTED, 8, null));

        assertThat(first.snapshot())
                .isEqualTo(second.snapshot())
                .isEqualTo(third.snapshot())
                .isEqualTo(source.snapshots().get(0));
        assertThat(List.of(first.bytes().length, second.bytes().length, third.bytes().length))
                .containsExactly(4, 4, 3);
    }

    @Test
    void aSnapshotThatWasBegunIsFinishedAsLongAsItIsThere() {
        source.takeSnapshot(8);
        assertThat(((SnapshotPiece) answer(new Fetch(1, COMPACTED, 4, null)))
                        .snapshot()
                        .index())
                .isEqualTo(COMPACTED);

        source.takeSnapshot(10);

        SnapshotPiece newest = (SnapshotPiece) answer(new Fetch(1, COMPACTED, 4, null));
        assertThat(newest.snapshot().index()).isEqualTo(10);
        assertThat(newest.offset()).isZero();
    }

    @Test
    void whoAsksForBytesThatAreNotThereIsGivenTheSnapshotFromItsBeginning() {
        assertThat(((SnapshotPiece) answer(new Fetch(1, COMPACTED, 11, null))).offset())
                .isZero();
        assertThat(((SnapshotPiece) answer(new Fetch(0, COMPACTED, -1, null))).offset())
                .isZero();
    }

    @Test
    void theLeaderIsNamedWithTheAnswer() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.granted(4, 2, 3);

        leader.receive(2, fetch(1));

        assertThat(leader.lastSentTo(2, Decided.class).leader()).isEqualTo(own);
    }

    // who asks

    @Test
    void whoLearnsThatItLagsBehindAsksForOnePieceAtATime() {
        node.receive(1, new Ahead(10));
        node.receive(3, new Ahead(10));
        assertThat(node.sentTo(1, Fetch.class)).containsExactly(fetch(1));

        node.receive(1, new Decided(1, List.of(entries("a", "b")), 10, Ballot.NONE));

        assertThat(node.sentTo(1, Fetch.class)).containsExactly(fetch(1), fetch(3));
        assertThat(node.sentTo(3, Fetch.class)).isEmpty();
        assertThat(node.durable().decidedIndex()).isEqualTo(2);
        assertThat(node.appliedThrough()).isEqualTo(2);
    }

    @Test
    void whoIsNotBehindAsksForNothing() {
        source.receive(3, new Ahead(10));

        assertThat(source.sentTo(3, Fetch.class)).isEmpty();
    }

    @Test
    void itAsksNoMoreOnceItHasAll() {
        node.receive(1, new Ahead(2));

        node.receive(1, new Decided(1, List.of(entries("a", "b")), 2, Ballot.NONE));
        node.ticks(4 * RESEND_TICKS);

        assertThat(node.sentTo(1, Fetch.class)).hasSize(1);
    }

    @Test
    void b1_afterASnapshotItHasTheWholeContentAndNotOnlyWhatWasNew() {
        node.receive(1, new Ahead(10));

        catchUp(node);

        assertThat(node.contents()).containsExactly(ALL);
        assertThat(node.durable().compactedIndex()).isEqualTo(COMPACTED);
        assertThat(node.appliedThrough()).isEqualTo(10);
    }

    @Test
    void b1_whoHadTakenASnapshotOfItsOwnHasTheWholeContentToo() {
        ReplicaFixture behind = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c", "d"))), 4))
                .storedSnapshot(3)
                .stored(WriteBatch.compacted(3))
                .start();
        behind.receive(1, new Ahead(10));

        catchUp(behind);

        assertThat(behind.contents()).containsExactly(ALL);
    }

    @Test
    void h10_whoseNextEntryIsCompactedGetsACompleteSnapshot() {
        node.receive(1, new Ahead(10));
        node.receive(1, new Decided(1, List.of(entries("a", "b")), 10, Ballot.NONE));

        catchUp(node);

        assertThat(node.snapshots()).isEqualTo(source.snapshots());
        assertThat(node.contents()).containsExactly(ALL);
    }

    @Test
    void b12_aSnapshotTakenAfterACompactionStandsForEverything() {
        source.takeSnapshot(8);
        source.takeSnapshot(10);
        node.receive(1, new Ahead(10));

        catchUp(node);

        assertThat(node.contents()).containsExactly(ALL);
        assertThat(node.durable().compactedIndex()).isEqualTo(10);
    }

    @Test
    void b12_withoutASnapshotBeforeTheNewestNothingIsCompacted() {
        ReplicaFixture only = ReplicaFixture.of(1, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c"))), 3))
                .start();
        only.tick();

        assertThat(only.takeSnapshot(2).persist().isEmpty()).isTrue();
        assertThat(only.takeSnapshot(3).persist()).isEqualTo(WriteBatch.compacted(2));
        assertThat(only.contents()).containsExactly("a", "b", "c");
    }

    @Test
    void snapshotsOfWhatIsNotKnownToBeDecidedAnyMoreAreNotCompactedUnder() {
        // It took two snapshots and crashed before its decided index was written along with anything.
        ReplicaFixture restarted = ReplicaFixture.of(1, 3)
                .stored(WriteBatch.promise(ROUND))
                .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries(ALL))), 5))
                .storedSnapshot(8)
                .storedSnapshot(10)
                .start();
        restarted.tick();

        Effects effects = restarted.takeSnapshot(4);

        assertThat(effects.persist()).isEqualTo(WriteBatch.compacted(4));
    }

    // what is lost, late or repeated

    @Test
    void aLostPieceIsAskedForAgainElsewhereAndFromTheBeginning() {
        node.receive(1, new Ahead(10));
        node.receive(1, answer(fetch(1)));
        assertThat(node.lastSentTo(1, Fetch.class)).isEqualTo(new Fetch(1, COMPACTED, 4, null));
        node.forget();

        node.ticks(2 * RESEND_TICKS);

        assertThat(node.sentTo(1, Fetch.class)).containsExactly(fetch(1));
        assertThat(node.sentTo(3, Fetch.class)).containsExactly(fetch(1));
    }

    @Test
    void whenTheSourceGoesAwayTheSnapshotComesWholeFromAnother() {
        node.receive(1, new Ahead(10));
        node.receive(1, answer(fetch(1)));
        ReplicaFixture other = source(3);
        other.takeSnapshot(8);

        node.ticks(2 * RESEND_TICKS);
        for (Fetch asked = node.lastSentTo(3, Fetch.class); node.decidedIndex() < 10; asked = lastFetch(node, 3)) {
            other.receive(2, asked);
            node.receive(3, lastAnswer(other, 2));
        }

        assertThat(node.contents()).containsExactly(ALL);
        assertThat(node.durable().compactedIndex()).isEqualTo(8);
    }

    @Test
    void aSnapshotThatIsReplacedAtTheSourceIsBegunAnew() {
        node.receive(1, new Ahead(10));
        node.receive(1, answer(fetch(1)));
        source.takeSnapshot(8);
        source.takeSnapshot(9);

        catchUp(node);

        assertThat(node.contents()).containsExactly(ALL);
        assertThat(node.durable().compactedIndex()).isEqualTo(9);
    }

    @Test
    void aSnapshotOfTheSameIndexButOtherBytesIsBegunAnew() {
        node.receive(1, new Ahead(10));
        SnapshotPiece piece = (SnapshotPiece) answer(fetch(1));
        SnapshotInfo other = new SnapshotInfo(COMPACTED, configuration(Quorums.majority(3)), 12, 99);
        node.receive(1, new SnapshotPiece(other, 0, piece.bytes(), Ballot.NONE));
        assertThat(node.lastSentTo(1, Fetch.class)).isEqualTo(new Fetch(1, COMPACTED, 4, null));

        catchUp(node);

        assertThat(node.contents()).containsExactly(ALL);
    }

    @Test
    void aPieceThatComesTwiceNeitherBeginsAnewNorOpensASecondRequest() {
        node.receive(1, new Ahead(10));
        LearningMessage first = answer(fetch(1));
        node.receive(1, first);
        LearningMessage second = answer(lastFetch(node, 1));
        node.receive(1, second);
        node.forget();

        Effects effects = node.receive(1, first);
        assertThat(effects.snapshotParts()).isEmpty();
        node.receive(1, second);

        assertThat(node.sentTo(1, Fetch.class)).isEmpty();
        node.receive(1, answer(new Fetch(1, COMPACTED, 8, null)));
        assertThat(node.decidedIndex()).isEqualTo(COMPACTED);
    }

    @Test
    void entriesThatComeTwiceOpenNoSecondRequest() {
        node.receive(1, new Ahead(10));
        Decided first = new Decided(1, List.of(entries("a")), 10, Ballot.NONE);
        node.receive(1, first);
        node.forget();

        node.receive(1, first);

        assertThat(node.sentTo(1, Fetch.class)).isEmpty();
        assertThat(node.decidedIndex()).isEqualTo(1);
    }

    @Test
    void whatNobodyAskedForIsNotTaken() {
        node.receive(1, new Decided(1, List.of(entries("a")), 1, Ballot.NONE));
        node.receive(1, answer(fetch(1)));
        node.receive(1, new Ahead(10));
        node.receive(3, new Decided(1, List.of(entries("a")), 1, Ballot.NONE));

        assertThat(node.decidedIndex()).isZero();
        assertThat(node.sentTo(1, Fetch.class)).containsExactly(fetch(1));
    }

    @Test
    void afterARestartASnapshotIsFetchedFromItsBeginning() {
        node.receive(1, new Ahead(10));
        node.receive(1, answer(fetch(1)));

        node.restart();
        node.receive(1, new Ahead(10));
        catchUp(node);

        assertThat(node.contents()).containsExactly(ALL);
    }

    @Test
    void aCrashBeforeTheLastPieceIsDurableLosesTheSnapshotAndNothingElse() {
        node.receive(1, new Ahead(10));
        node.receive(1, answer(fetch(1)));
        node.receive(1, answer(lastFetch(node, 1)));
        node.stepOnly(node.received(1, answer(lastFetch(node, 1))));

        node.restart();

        assertThat(node.decidedIndex()).isZero();
        assertThat(node.snapshots()).isEmpty();
    }

    // what was accepted before

    @Test
    void entriesAcceptedBeyondASnapshotStay() {
        node.following(ROUND, 0, entries("a", "b", "c", "d", "e", "f", "g", "h"));
        node.receive(1, new Ahead(10));
        for (int piece = 0; piece < 3; piece++) {
            node.receive(1, answer(lastFetch(node, 1)));
        }

        assertThat(node.durable().compactedIndex()).isEqualTo(COMPACTED);
        assertThat(node.storedEntries()).containsExactly(entries("g", "h"));
        assertThat(node.acceptedIndex()).isEqualTo(8);
        assertThat(node.lastSentTo(3, Accepted.class)).isEqualTo(new Accepted(ROUND, 8));
    }

    @Test
    void whatIsDecidedTakesThePlaceOfWhatWasOnlyAccepted() {
        node.following(ROUND, 1, entries("a", "junk", "more junk"));
        node.receive(1, new Ahead(10));

        node.receive(1, new Decided(2, List.of(entries("b")), 10, Ballot.NONE));

        assertThat(node.storedEntries()).containsExactly(entries("a", "b"));
        assertThat(node.decidedIndex()).isEqualTo(2);
    }

    @Test
    void aDecisionThatConfirmsWhatWasAcceptedCutsNothingOff() {
        node.following(ROUND, 0, entries("a", "b", "c"));
        node.receive(1, new Ahead(10));

        Effects effects = node.receive(1, new Decided(1, List.of(entries("a", "b")), 2, Ballot.NONE));

        assertThat(effects.persist()).isEqualTo(WriteBatch.decided(2));
        assertThat(node.storedEntries()).containsExactly(entries("a", "b", "c"));
    }

    // a leader, and who follows it

    @Test
    void aLeaderIsDeposedByADecisionThatItsLogLacks() {
        ReplicaFixture leader = ReplicaFixture.of(2, 3).start();
        leader.granted(1, 1, 3);

        leader.receive(1, new Decided(2, List.of(entries("b")), 2, Ballot.NONE));

        assertThat(leader.isLeader()).isFalse();
        assertThat(leader.status().phase()).isEqualTo(Phase.RECOVERING);
    }

    @Test
    void aLeaderIsDeposedByADecisionThatContradictsItsLog() {
        ReplicaFixture leader = ReplicaFixture.of(2, 3).start();
        leader.granted(1, 1, 3);
        leader.propose("a");

        leader.receive(1, new Decided(2, List.of(entries("b")), 2, Ballot.NONE));

        assertThat(leader.isLeader()).isFalse();
    }

    @Test
    void aLeaderGoesOnWhenWhatIsDecidedIsItsOwnLog() {
        ReplicaFixture leader = ReplicaFixture.of(2, 3).start();
        leader.granted(1, 1, 3);
        LogEntry own = leader.propose("a");

        leader.receive(1, new Decided(2, List.of(own), 2, Ballot.NONE));

        assertThat(leader.isLeader()).isTrue();
    }

    @Test
    void aSlowFollowerIsToldOnceInARoundThatItMustLearnWhatIsCompacted() {
        ReplicaFixture leader = leaderThatCompactedBeyondNode3();

        leader.propose("f");
        leader.propose("g");

        assertThat(leader.sentTo(3, Ahead.class)).containsExactly(new Ahead(6));
        assertThat(leader.sentTo(3, AcceptDecide.class)).isEmpty();
        leader.ticks(ReplicaFixture.HEARTBEAT_TICKS);
        assertThat(leader.sentTo(3, Ahead.class)).hasSize(2);
    }

    @Test
    void onceItHasLearntASlowFollowerGetsEntriesAgain() {
        ReplicaFixture leader = leaderThatCompactedBeyondNode3();
        leader.propose("f");
        leader.forget();

        leader.receive(3, new Accepted(ballot(1, 1), 6));

        assertThat(leader.lastSentTo(3, AcceptDecide.class).firstIndex()).isEqualTo(7);
        assertThat(leader.lastSentTo(3, AcceptDecide.class).entries()).hasSize(1);
    }

    @Test
    void aSlowFollowerTellsItsLeaderWhatItHasLearntElsewhere() {
        node.following(ROUND, 0, entries("a", "b"));
        node.receive(3, new Ahead(10));
        node.forget();

        node.receive(3, new Decided(1, List.of(entries("a", "b", "c", "d")), 4, Ballot.NONE));

        assertThat(node.sentTo(3, Accepted.class)).containsExactly(new Accepted(ROUND, 4));
    }

    /** Nodes 1 and 2 have the leadership entry and a to e; node 3 has two of them, and the first four are compacted. */
    private static ReplicaFixture leaderThatCompactedBeyondNode3() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        Ballot own = leader.granted(1, 2, 3);
        for (String text : List.of("a", "b", "c", "d", "e")) {
            leader.propose(text);
        }
        leader.receive(2, new Accepted(own, 6));
        leader.takeSnapshot(4);
        leader.takeSnapshot(6);
        assertThat(leader.durable().compactedIndex()).isEqualTo(4);
        leader.ticks(ReplicaFixture.HEARTBEAT_TICKS);
        leader.answerLastHeartbeat(2);
        leader.forget();
        leader.receive(3, new Accepted(own, 2));
        leader.step(new Input.Reconnected(3, leader.now()));
        return leader;
    }

    // the small words

    private void catchUp(ReplicaFixture behind) {
        while (behind.decidedIndex() < ALL.length) {
            behind.receive(1, answer(lastFetch(behind, 1)));
        }
    }

    private static Fetch fetch(long nextIndex) {
        return new Fetch(nextIndex, 0, 0, null);
    }

    private static Fetch lastFetch(ReplicaFixture from, long to) {
        return from.lastSentTo(to, Fetch.class);
    }

    private LearningMessage answer(Fetch fetch) {
        source.receive(2, fetch);
        return lastAnswer(source, 2);
    }

    private static LearningMessage lastAnswer(ReplicaFixture from, long to) {
        return from.lastSentTo(to, LearningMessage.class);
    }
}
