package io.omnipaxos.replication;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node answers to a candidate. Node 2 has accepted a, b, c, d in round 3, of which two are decided. */
class PromiseTest {

    private static final Ballot ROUND = ballot(3, 1);
    private static final Ballot CANDIDATE = ballot(5, 3);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3)
            .stored(WriteBatch.promise(ROUND))
            .stored(WriteBatch.accepted(ROUND, new LogWrite(1, List.of(entries("a", "b", "c", "d"))), 2))
            .start();

    @Test
    void ifItsRoundIsGreaterItSendsAllThatIsNotDecidedAtTheCandidate() {
        Promise promise = promiseTo(new Prepare(CANDIDATE, 1, ballot(2, 3), 9, Ballot.NONE));

        assertThat(promise)
                .isEqualTo(new Promise(CANDIDATE, promise.nonce(), ROUND, 4, 2, 2, List.of(entries("b", "c", "d"))));
    }

    @Test
    void ifTheRoundsAreEqualAndItsLogIsLongerItSendsWhatTheCandidateLacks() {
        Promise promise = promiseTo(new Prepare(CANDIDATE, 1, ROUND, 3, Ballot.NONE));

        assertThat(promise).isEqualTo(new Promise(CANDIDATE, promise.nonce(), ROUND, 4, 2, 4, List.of(entries("d"))));
    }

    @Test
    void ifTheLogsAreEquallyLongItSendsNothing() {
        Promise promise = promiseTo(new Prepare(CANDIDATE, 0, ROUND, 4, Ballot.NONE));

        assertThat(promise).isEqualTo(new Promise(CANDIDATE, promise.nonce(), ROUND, 4, 2, 5, List.of()));
    }

    @Test
    void ifTheCandidatesLogIsLongerItSendsNothing() {
        Promise promise = promiseTo(new Prepare(CANDIDATE, 0, ROUND, 7, Ballot.NONE));

        assertThat(promise.entries()).isEmpty();
        assertThat(promise.acceptedIndex()).isEqualTo(4);
    }

    @Test
    void ifTheCandidatesRoundIsGreaterItSendsNothing() {
        Promise promise = promiseTo(new Prepare(CANDIDATE, 0, ballot(4, 3), 1, Ballot.NONE));

        assertThat(promise.entries()).isEmpty();
        assertThat(promise.acceptedRound()).isEqualTo(ROUND);
    }

    @Test
    void anOlderCandidateIsToldTheHigherPromise() {
        node.receive(3, prepareOf(ballot(2, 3)));

        assertThat(node.sentTo(3, NotAccepted.class)).containsExactly(new NotAccepted(ROUND));
        assertThat(node.status().promise()).isEqualTo(ROUND);
    }

    @Test
    void thePromiseRaisesNothingButThePromise() {
        node.receive(3, prepareOf(CANDIDATE));

        assertThat(node.durable().promise()).isEqualTo(CANDIDATE);
        assertThat(node.durable().acceptedRound()).isEqualTo(ROUND);
        assertThat(node.durable().acceptedIndex()).isEqualTo(4);
    }

    @Test
    void thePreparedOnceMoreAnswersWithTheSamePromise() {
        Promise first = promiseTo(prepareOf(CANDIDATE));

        Promise second = promiseTo(prepareOf(CANDIDATE));

        assertThat(second).isEqualTo(first);
    }

    @Test
    void promisesOfOneNodeAreToldApartOverRestarts() {
        Nonce first = promiseTo(prepareOf(CANDIDATE)).nonce();
        Nonce higher = promiseTo(prepareOf(ballot(6, 3))).nonce();
        node.restart();
        Nonce restarted = promiseTo(prepareOf(ballot(7, 3))).nonce();

        assertThat(higher).isGreaterThan(first);
        assertThat(restarted).isGreaterThan(higher);
    }

    @Test
    void h12_anUnansweredPromiseIsSentAgain() {
        Promise promise = promiseTo(prepareOf(CANDIDATE));
        node.forget();

        node.ticks(RESEND_TICKS - 1);
        assertThat(node.sentTo(3, Promise.class)).isEmpty();

        node.tick();
        assertThat(node.sentTo(3, Promise.class)).containsExactly(promise);
    }

    @Test
    void h12_aPromiseIsSentAgainWhenTheCandidateIsBack() {
        Promise promise = promiseTo(prepareOf(CANDIDATE));
        node.forget();

        node.step(new Input.Reconnected(1, node.now()));
        assertThat(node.sentTo(3, Promise.class)).isEmpty();

        node.step(new Input.Reconnected(3, node.now()));
        assertThat(node.sentTo(3, Promise.class)).containsExactly(promise);
    }

    @Test
    void h4_onceTheLogIsSynchronisedThePromiseIsSentNoMore() {
        Promise promise = promiseTo(prepareOf(CANDIDATE));
        node.receive(3, new AcceptSync(CANDIDATE, promise.nonce(), 3, List.of(), 2));
        node.forget();

        node.receive(3, prepareOf(CANDIDATE));
        node.ticks(3 * RESEND_TICKS);

        assertThat(node.sentTo(3, Promise.class)).isEmpty();
    }

    private Promise promiseTo(Prepare prepare) {
        node.receive(prepare.ballot().pid(), prepare);
        return node.lastSentTo(prepare.ballot().pid(), Promise.class);
    }
}
