package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.CatchUp;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Row 8: a log that does not fit into one message is brought in pieces, the decided part first. */
class CatchUpTest {

    private static final Ballot OLD = ballot(3, 1);
    private static final Ballot LED = ballot(7, 3);
    private static final List<LogEntry> LOG = List.of(entries("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));

    @Test
    void aFollowerThatIsFarBehindGetsDecidedEntriesInPiecesAndThenTheRest() {
        ReplicaFixture leader = withLog(3, 10, 9);
        Ballot own = leader.candidate(7);
        leader.receive(1, new Promise(own, new Nonce(1, 1), OLD, 10, 9, 11, List.of()));
        ReplicaFixture late = ReplicaFixture.of(2, 3).start();
        late.receive(3, leader.lastSentTo(2, Prepare.class));

        int pieces = 0;
        while (leader.sentTo(2, AcceptSync.class).isEmpty() && pieces < 10) {
            leader.receive(2, late.lastSentTo(3, Promise.class));
            if (leader.sentTo(2, AcceptSync.class).isEmpty()) {
                CatchUp piece = leader.lastSentTo(2, CatchUp.class);
                assertThat(piece.entries()).hasSizeLessThanOrEqualTo(4);
                late.receive(3, piece);
                pieces++;
            }
        }
        assertThat(late.durable().acceptedRound()).isEqualTo(Ballot.NONE);
        assertThat(late.sentTo(3, Accepted.class)).isEmpty();
        late.receive(3, leader.lastSentTo(2, AcceptSync.class));

        assertThat(pieces).isBetween(2, 3);
        List<LogEntry> all = new ArrayList<>(LOG);
        all.add(new LeadershipEntry(own));
        assertThat(late.storedEntries()).isEqualTo(all);
        assertThat(late.durable().acceptedRound()).isEqualTo(own);
        assertThat(late.sentTo(3, Accepted.class)).containsExactly(new Accepted(own, 11));
    }

    @Test
    void aPieceIsDecidedAndAnsweredWithANewPromise() {
        ReplicaFixture late = ReplicaFixture.of(2, 3).start();
        late.receive(3, new Prepare(LED, 9, OLD, 10, Ballot.NONE));
        Nonce nonce = late.lastSentTo(3, Promise.class).nonce();

        late.receive(3, new CatchUp(LED, nonce, 1, LOG.subList(0, 4)));

        Promise next = late.lastSentTo(3, Promise.class);
        assertThat(next).isEqualTo(new Promise(LED, next.nonce(), Ballot.NONE, 4, 4, 5, List.of()));
        assertThat(next.nonce()).isGreaterThan(nonce);
        assertThat(late.appliedThrough()).isEqualTo(4);
    }

    @Test
    void b9_aPieceInAnswerToAnOlderPromiseIsPassedOver() {
        ReplicaFixture late = ReplicaFixture.of(2, 3).start();
        late.receive(3, prepareOf(LED));
        Nonce nonce = late.lastSentTo(3, Promise.class).nonce();
        CatchUp piece = new CatchUp(LED, nonce, 1, LOG.subList(0, 4));
        late.receive(3, piece);
        late.forget();

        late.receive(3, piece);
        late.receive(3, new CatchUp(LED, nonce, 5, LOG.subList(4, 6)));

        assertThat(late.acceptedIndex()).isEqualTo(4);
        assertThat(late.sentTo(3, Promise.class)).isEmpty();
    }

    @Test
    void aPieceThatContradictsWhatIsUndecidedHereCutsThatOff() {
        ReplicaFixture late = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(OLD))
                .stored(WriteBatch.accepted(OLD, new LogWrite(1, List.of(entries("a", "x", "y", "z"))), 1))
                .start();
        late.receive(3, prepareOf(LED));
        Nonce nonce = late.lastSentTo(3, Promise.class).nonce();

        late.receive(3, new CatchUp(LED, nonce, 2, LOG.subList(1, 3)));

        assertThat(late.storedEntries()).isEqualTo(LOG.subList(0, 3));
        assertThat(late.durable().acceptedRound()).isEqualTo(OLD);
    }

    @Test
    void aCandidateThatIsFarBehindLearnsInPiecesBeforeItLeads() {
        ReplicaFixture ahead = withLog(1, 10, 9);
        ReplicaFixture candidate = ReplicaFixture.of(2, 3).start();
        candidate.maxMessageBytes = 200;
        Ballot own = candidate.candidate(7);

        for (int i = 0; i < 10 && candidate.sentTo(1, AcceptSync.class).isEmpty(); i++) {
            ahead.receive(2, candidate.lastSentTo(1, Prepare.class));
            Promise promise = ahead.lastSentTo(2, Promise.class);
            assertThat(promise.entries()).hasSizeLessThanOrEqualTo(4);
            candidate.receive(1, promise);
        }

        List<LogEntry> all = new ArrayList<>(LOG);
        all.add(new LeadershipEntry(own));
        assertThat(candidate.storedEntries()).isEqualTo(all);
        assertThat(candidate.decidedIndex()).isEqualTo(9);
    }

    private static ReplicaFixture withLog(long pid, int accepted, long decided) {
        ReplicaFixture node = ReplicaFixture.of(pid, 3)
                .stored(WriteBatch.promise(OLD))
                .stored(WriteBatch.accepted(OLD, new LogWrite(1, LOG.subList(0, accepted)), decided));
        node.maxMessageBytes = 200;
        return node.start();
    }
}
