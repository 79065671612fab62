package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.NotAccepted;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.Promise;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What leaves before the sync and what after it, and what counts only once it is durable. Node 2 of three. */
class DurabilityOrderTest {

    private static final Ballot LED = ballot(3, 1);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    @Test
    void aPromiseLeavesAfterTheSyncOfThePromise() {
        Effects effects = node.stepOnly(node.received(1, prepareOf(LED)));

        assertThat(effects.persist()).isEqualTo(WriteBatch.promise(LED));
        assertAfterSync(effects, 1, Promise.class);
    }

    @Test
    void aPrepareLeavesAfterTheSyncOfTheOwnPromise() {
        node.scripted().elect(ballot(1, 2));

        Effects effects = node.stepOnly(new Input.Tick(node.now()));

        assertThat(effects.persist()).isEqualTo(WriteBatch.promise(ballot(1, 2)));
        assertAfterSync(effects, 1, Prepare.class);
        assertAfterSync(effects, 3, Prepare.class);
    }

    @Test
    void aHeartbeatReplyThatShowsANewBallotLeavesAfterItsSync() {
        node.scripted().elect(ballot(1, 2));

        Effects effects = node.stepOnly(new Input.Tick(node.now()), node.received(3, new HeartbeatRequest(1, 1)));

        assertThat(effects.persist().promise()).isEqualTo(ballot(1, 2));
        assertAfterSync(effects, 3, HeartbeatReply.class);
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 3, HeartbeatReply.class)
                        .get(0)
                        .ballot())
                .isEqualTo(ballot(1, 2));
    }

    @Test
    void whatASynchronisationChangesIsOneWriteAndIsAcknowledgedAfterIt() {
        node.receive(1, prepareOf(LED));
        AcceptSync sync = new AcceptSync(LED, new Nonce(1, 1), 1, List.of(entries("a", "b")), 1);

        Effects effects = node.stepOnly(node.received(1, sync));

        assertThat(effects.persist())
                .isEqualTo(WriteBatch.accepted(LED, new LogWrite(1, List.of(entries("a", "b"))), 1));
        assertThat(effects.sendNow()).isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 1, Accepted.class))
                .containsExactly(new Accepted(LED, 2));
    }

    @Test
    void entriesAreAcknowledgedAfterTheirSync() {
        node.following(LED, 0, entries("a"));

        Effects effects = node.stepOnly(node.received(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0)));

        assertThat(effects.persist().entries()).isEqualTo(new LogWrite(2, List.of(entries("b"))));
        assertAfterSync(effects, 1, Accepted.class);
    }

    @Test
    void manyEntriesOfOneStepAreOneWriteAndOneAcknowledgement() {
        node.following(LED, 0, entries("a"));

        Effects effects = node.stepOnly(
                node.received(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0)),
                node.received(1, new AcceptDecide(LED, 3, List.of(entries("c", "d")), 1)));

        assertThat(effects.persist().entries()).isEqualTo(new LogWrite(2, List.of(entries("b", "c", "d"))));
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 1, Accepted.class))
                .containsExactly(new Accepted(LED, 4));
    }

    @Test
    void h13_whatWasHandedOverIsNotChangedByWhatComesLater() {
        node.following(LED, 0, entries("a"));
        Effects first = node.stepOnly(node.received(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0)));

        Effects second = node.stepOnly(node.received(1, new AcceptDecide(LED, 3, List.of(entries("c")), 2)));

        assertThat(ReplicaFixture.of(first.sendAfterSync(), 1, Accepted.class)).containsExactly(new Accepted(LED, 2));
        assertThat(first.persist()).isEqualTo(WriteBatch.entries(new LogWrite(2, List.of(entries("b")))));
        assertThat(ReplicaFixture.of(second.sendAfterSync(), 1, Accepted.class)).containsExactly(new Accepted(LED, 3));
    }

    @Test
    void aRefusalLeavesAfterTheSyncOfThePromiseItTells() {
        node.following(LED, 0, entries("a"));
        Ballot higher = ballot(4, 3);

        Effects effects = node.stepOnly(
                node.received(3, prepareOf(higher)),
                node.received(1, new AcceptDecide(LED, 2, List.of(entries("b")), 0)));

        assertThat(effects.persist()).isEqualTo(WriteBatch.promise(higher));
        assertThat(ReplicaFixture.of(effects.sendNow(), 1, NotAccepted.class)).isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 1, NotAccepted.class))
                .containsExactly(new NotAccepted(higher));
    }

    @Test
    void theLeadersEntriesTravelWhileItsOwnDiskWrites() {
        node.granted(1, 1, 3);

        Effects effects = node.stepOnly(new Input.Proposed(List.of(command("a")), node.now()));

        assertThat(effects.persist().entries()).isEqualTo(new LogWrite(2, List.of(command("a"))));
        assertThat(ReplicaFixture.of(effects.sendNow(), 1, AcceptDecide.class)).hasSize(1);
        assertThat(ReplicaFixture.of(effects.sendNow(), 3, AcceptDecide.class)).hasSize(1);
    }

    @Test
    void theLeaderCountsItsOwnAcceptanceOnlyOnceItIsDurable() {
        Ballot own = node.granted(1, 1, 3);
        node.stepOnly(new Input.Proposed(List.of(command("a")), node.now()));

        node.stepOnly(node.received(1, new Accepted(own, 2)));
        assertThat(node.decidedIndex()).isEqualTo(1);

        node.sync();
        assertThat(node.decidedIndex()).isEqualTo(2);
    }

    /** What it had accepted in an earlier round is in its log, but is not accepted in this round until that is written. */
    @Test
    void aNewLeaderCountsItsOldEntriesOnlyOnceTheNewRoundIsDurable() {
        Ballot old = ballot(1, 1);
        ReplicaFixture restarted = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(old))
                .stored(WriteBatch.accepted(old, new LogWrite(1, List.of(entries("a", "b"))), 0))
                .start();
        Ballot own = restarted.candidate(2);
        restarted.stepOnly(restarted.received(1, new Promise(own, new Nonce(1, 1), old, 2, 0, 3, List.of())));
        assertThat(restarted.durable().acceptedRound()).isEqualTo(old);

        restarted.stepOnly(restarted.received(1, new Accepted(own, 2)));
        assertThat(restarted.decidedIndex()).isZero();

        restarted.sync();
        assertThat(restarted.decidedIndex()).isEqualTo(2);
    }

    @Test
    void aWriteQuorumOfOthersDecidesWithoutTheLeadersOwnDisk() {
        Ballot own = node.granted(1, 1, 3);
        node.stepOnly(new Input.Proposed(List.of(command("a")), node.now()));

        node.stepOnly(node.received(1, new Accepted(own, 2)));
        Effects effects = node.stepOnly(node.received(3, new Accepted(own, 2)));

        assertThat(node.decidedIndex()).isEqualTo(2);
        assertThat(effects.applyThrough()).isEqualTo(1);
        node.sync();
        assertThat(node.appliedThrough()).isEqualTo(2);
    }

    @Test
    void aFollowerAppliesOnlyWhatIsDecidedAndDurable() {
        node.receive(1, prepareOf(LED));
        AcceptSync sync = new AcceptSync(LED, new Nonce(1, 1), 1, List.of(entries("a", "b", "c")), 2);

        Effects written = node.stepOnly(node.received(1, sync));
        assertThat(node.decidedIndex()).isEqualTo(2);
        assertThat(written.applyThrough()).isZero();

        node.sync();
        assertThat(node.appliedThrough()).isEqualTo(2);
    }

    @Test
    void acknowledgementsOfOneFollowerCountOnceHoweverOftenTheyCome() {
        ReplicaFixture ofFive = ReplicaFixture.of(2, 5).start();
        Ballot own = ofFive.prepared(1, 1, 3, 4);

        for (int i = 0; i < 5; i++) {
            ofFive.receive(1, new Accepted(own, 1));
        }

        assertThat(ofFive.decidedIndex()).isZero();
    }

    @Test
    void acknowledgementsBeyondTheLogDecideNoMoreThanIsThere() {
        Ballot own = node.granted(1, 1, 3);

        node.receive(1, new Accepted(own, 100));
        node.receive(3, new Accepted(own, 100));

        assertThat(node.decidedIndex()).isEqualTo(1);
        assertThat(node.acceptedIndex()).isEqualTo(1);
    }

    @Test
    void acknowledgementsOfAnotherBallotOrToAnOldLeaderDecideNothing() {
        Ballot own = node.prepared(2, 1, 3);

        node.receive(1, new Accepted(ballot(1, 2), 1));
        node.receive(3, new Accepted(ballot(3, 2), 1));

        assertThat(node.decidedIndex()).isZero();
        assertThat(node.storedEntries()).containsExactly(new LeadershipEntry(own));
    }

    @Test
    void aCandidateDecidesNothingByAcknowledgements() {
        ReplicaFixture candidate = ReplicaFixture.of(2, 3)
                .stored(WriteBatch.promise(LED))
                .stored(WriteBatch.accepted(LED, new LogWrite(1, List.of(entry("a"))), 0))
                .start();
        Ballot own = candidate.candidate(4);

        candidate.receive(1, new Accepted(own, 1));
        candidate.receive(3, new Accepted(own, 1));

        assertThat(candidate.decidedIndex()).isZero();
    }

    private static io.omnipaxos.log.Command command(String text) {
        return ReplicaFixture.command(2, 1, text);
    }

    private static void assertAfterSync(Effects effects, long to, Class<? extends Message> kind) {
        assertThat(ReplicaFixture.of(effects.sendNow(), to, kind)).isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), to, kind)).hasSize(1);
    }
}
