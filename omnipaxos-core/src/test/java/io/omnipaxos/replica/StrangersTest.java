package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.heartbeat;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Decide;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 2: only configured members of this cluster and this configuration are heard, and only in their own name. */
class StrangersTest {

    private static final Ballot LED = ballot(3, 1);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    static List<Envelope> strangers() {
        return List.of(
                new Envelope("other", 1, 1, 2, prepareOf(LED)),
                new Envelope("test", 1, 1, 3, prepareOf(LED)),
                new Envelope("test", 1, 4, 2, prepareOf(ballot(3, 4))),
                new Envelope("test", 1, 2, 2, prepareOf(ballot(3, 2))),
                new Envelope("test", 1, 3, 2, prepareOf(LED)));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void aMessageFromElsewhereChangesNothingAndIsNotAnswered(Envelope stranger) {
        ReplicaStatus before = node.status();

        Effects effects = node.receive(stranger);

        assertThat(node.status()).isEqualTo(before);
        assertThat(effects.persist().isEmpty()).isTrue();
        assertThat(effects.sendNow()).isEmpty();
        assertThat(effects.sendAfterSync()).isEmpty();
    }

    @Test
    void aMessageOfAnotherConfigurationOnlyTellsWhoIsBehind() {
        node.following(LED, 1, entries("a"));
        ReplicaStatus before = node.status();

        assertThat(node.receive(new Envelope("test", 2, 1, 2, prepareOf(ballot(9, 1))))
                        .sendNow())
                .extracting(Envelope::message)
                .containsExactly(new Fetch(2, 0, 0, null));
        assertThat(node.receive(new Envelope("test", 0, 3, 2, prepareOf(ballot(9, 1))))
                        .sendNow())
                .extracting(Envelope::message)
                .containsExactly(new Ahead(1));
        assertThat(node.status()).isEqualTo(before);
    }

    @Test
    void theSameMessageInItsOwnNameIsTaken() {
        node.receive(new Envelope("test", 1, 1, 2, prepareOf(LED)));

        assertThat(node.status().promise()).isEqualTo(LED);
    }

    static List<Message> messagesOfTheLeader() {
        return List.of(
                new AcceptSync(LED, new Nonce(1, 1), 1, List.of(entries("x")), 1),
                new AcceptDecide(LED, 2, List.of(entries("x")), 2),
                new Decide(LED, 1),
                heartbeat(LED, 1),
                new Released(LED, true));
    }

    @ParameterizedTest
    @MethodSource("messagesOfTheLeader")
    void nobodySpeaksInTheLeadersName(Message message) {
        node.following(LED, 0, entries("a"));
        ReplicaStatus before = node.status();

        Effects effects = node.receive(3, message);

        assertThat(node.status()).isEqualTo(before);
        assertThat(effects.sendNow()).isEmpty();
        assertThat(effects.sendAfterSync()).isEmpty();
    }

    @Test
    void acknowledgementsOfAStrangerDecideNothing() {
        ReplicaFixture leader = ReplicaFixture.of(2, 3).start();
        Ballot own = leader.prepared(1, 1);

        leader.receive(new Envelope("test", 1, 4, 2, new Accepted(own, 1)));
        leader.receive(new Envelope("other", 1, 3, 2, new Accepted(own, 1)));

        assertThat(leader.decidedIndex()).isZero();
    }

    @Test
    void aStrangerThatReconnectsIsNotAsked() {
        assertThat(node.step(new Input.Reconnected(4, node.now())).sendNow()).isEmpty();
        assertThat(node.step(new Input.Reconnected(2, node.now())).sendNow()).isEmpty();
    }
}
