package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.configuration;
import static io.omnipaxos.replica.ReplicaFixture.entries;
import static io.omnipaxos.replica.ReplicaFixture.heartbeat;
import static io.omnipaxos.replica.ReplicaFixture.identity;
import static io.omnipaxos.replica.ReplicaFixture.prepareOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.ElectionMessage.HeartbeatReply;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.Introduction;
import io.omnipaxos.message.LearningMessage.IntroductionAnswer;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.Nonce;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.message.ReplicationMessage.PrepareRequest;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which storages may take part: node 2 of three, whose storage is new. */
class IntroductionsTest {

    private static final ClusterConfiguration THREE = configuration(Quorums.majority(3));
    private static final Ballot LED = ballot(3, 1);
    private static final UUID OTHER = new UUID(99, 2);

    private final ReplicaFixture node = ReplicaFixture.fresh(2, THREE).start();

    // a new storage

    @Test
    void aNewStorageIntroducesItselfToEveryOtherMember() {
        assertThat(node.sentTo(1, Introduction.class)).containsExactly(new Introduction(identity(2)));
        assertThat(node.sentTo(3, Introduction.class)).containsExactly(new Introduction(identity(2)));
        assertThat(node.status().eligible()).isFalse();
    }

    @Test
    void itIsEligibleOnceAReadQuorumKnowsIt() {
        known(1);

        assertThat(node.status().eligible()).isTrue();
        assertThat(node.durable().membership()).isNotNull();
        assertThat(node.durable().membership().eligible()).isTrue();
        assertThat(node.notices(Notice.Eligibility.class)).singleElement().matches(Notice.Eligibility::eligible);
    }

    @Test
    void withReadFiveOfSevenFourOthersMustKnowIt() {
        ReplicaFixture ofSeven =
                ReplicaFixture.fresh(2, configuration(new Quorums(7, 5, 3))).start();
        IntroductionAnswer answer = new IntroductionAnswer(identity(2), identity(2));
        List.of(1L, 3L, 3L, 4L).forEach(peer -> ofSeven.receive(peer, answer));
        assertThat(ofSeven.status().eligible()).isFalse();

        ofSeven.receive(5, answer);

        assertThat(ofSeven.status().eligible()).isTrue();
    }

    @Test
    void oneNodeAloneIsEligibleAtOnce() {
        ReplicaFixture alone =
                ReplicaFixture.fresh(1, configuration(Quorums.majority(1))).start();

        assertThat(alone.status().eligible()).isTrue();
    }

    @Test
    void untilThenItPromisesNothingAndThenAtOnce() {
        node.receive(1, prepareOf(LED));
        assertThat(node.sentTo(1, Promise.class)).isEmpty();
        assertThat(node.durable().promise()).isEqualTo(Ballot.NONE);

        known(3);

        assertThat(node.sentTo(1, Promise.class)).hasSize(1);
        assertThat(node.durable().promise()).isEqualTo(LED);
    }

    @Test
    void untilThenItDoesNotStand() {
        node.candidate(1);
        assertThat(node.sentTo(1, Prepare.class)).isEmpty();

        known(1);

        assertThat(node.sentTo(1, Prepare.class)).hasSize(1);
    }

    @Test
    void itIntroducesItselfAgainToWhoHasNotAnswered() {
        known(1);
        node.forget();

        node.ticks(2 * RESEND_TICKS);

        assertThat(node.sentTo(1, Introduction.class)).isEmpty();
        assertThat(node.sentTo(3, Introduction.class)).hasSize(2);
    }

    @Test
    void afterARestartItIsEligibleStill() {
        known(1);

        node.restart();
        node.receive(1, prepareOf(LED));

        assertThat(node.status().eligible()).isTrue();
        assertThat(node.sentTo(1, Promise.class)).hasSize(1);
    }

    @Test
    void anAnswerToAnEarlierStorageOfThisNodeSaysNothing() {
        node.receive(1, new IntroductionAnswer(OTHER, OTHER));
        node.receive(3, new IntroductionAnswer(OTHER, identity(2)));

        assertThat(node.status().eligible()).isFalse();
        assertThat(node.notices(Notice.Eligibility.class)).isEmpty();
    }

    // the others

    @Test
    void theFirstStorageThatAMemberNamesIsKept() {
        UUID first = new UUID(1, 1);
        UUID second = new UUID(2, 2);

        node.receive(3, new Introduction(first));
        node.receive(3, new Introduction(second));
        node.restart();
        node.receive(3, new Introduction(second));
        node.receive(3, new Introduction(first));

        assertThat(node.sentTo(3, IntroductionAnswer.class))
                .containsExactly(new IntroductionAnswer(second, first), new IntroductionAnswer(first, first));
    }

    @Test
    void anIntroductionIsAnsweredOnceItIsDurable() {
        Effects effects = node.stepOnly(node.received(3, new Introduction(OTHER)));

        assertThat(effects.persist().membership())
                .isEqualTo(Membership.in(THREE).knowing(3, OTHER));
        assertThat(ReplicaFixture.of(effects.sendNow(), 3, IntroductionAnswer.class))
                .isEmpty();
        assertThat(ReplicaFixture.of(effects.sendAfterSync(), 3, IntroductionAnswer.class))
                .hasSize(1);
    }

    @Test
    void aMemberThatComesIsPreparedByTheLeaderAtOnce() {
        ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
        leader.granted(1, 2);
        leader.forget();

        leader.receive(3, new Introduction(identity(3)));

        assertThat(leader.sentTo(3, Prepare.class)).hasSize(1);
    }

    // a storage that took the place of another

    @Test
    void whoIsKnownWithAnotherStorageSaysSoAndOnlyLearns() {
        forgetful();

        assertThat(node.status().eligible()).isFalse();
        assertThat(node.status().phase()).isEqualTo(Phase.LEARNING);
        assertThat(node.notices(Notice.Eligibility.class))
                .singleElement()
                .matches(notice -> !notice.eligible())
                .matches(notice -> notice.reason().contains(OTHER.toString())
                        && notice.reason().contains(identity(2).toString()));
    }

    @Test
    void itNeitherPromisesNorAcceptsNorGrantsNorVotesNorStands() {
        forgetful();
        node.forget();

        node.receive(1, prepareOf(LED));
        node.receive(1, new AcceptSync(LED, new Nonce(1, 1), 1, List.of(entries("a")), 1));
        node.receive(1, heartbeat(LED, 1));
        node.receive(1, new HeartbeatRequest(1, 1));
        node.candidate(9);
        node.ticks(3 * RESEND_TICKS);

        assertThat(node.sentTo(1, Promise.class)).isEmpty();
        assertThat(node.sentTo(1, Accepted.class)).isEmpty();
        assertThat(node.sentTo(1, HeartbeatAnswer.class)).isEmpty();
        assertThat(node.sentTo(1, HeartbeatReply.class)).isEmpty();
        assertThat(node.sentTo(1, Prepare.class)).isEmpty();
        assertThat(node.sentTo(1, PrepareRequest.class)).isEmpty();
        assertThat(node.acceptedIndex()).isZero();
    }

    @Test
    void thatOutlivesRestartsAndWhatOthersSayLater() {
        forgetful();

        node.restart();
        known(1);
        known(3);
        node.receive(1, prepareOf(LED));

        assertThat(node.status().eligible()).isFalse();
        assertThat(node.sentTo(1, Promise.class)).isEmpty();
        assertThat(node.sentTo(1, Introduction.class)).isEmpty();
    }

    @Test
    void itAsksForTheLogInTheNameOfItsStorage() {
        node.forget();

        forgetful();

        assertThat(node.sentTo(1, Fetch.class)).containsExactly(new Fetch(1, 0, 0, identity(2)));
    }

    @Test
    void itLeavesEvenIfAQuorumDidNotKnowTheOther() {
        known(1);
        node.granted(1, 1);
        assertThat(node.isLeader()).isTrue();

        node.receive(3, new IntroductionAnswer(identity(2), OTHER));

        assertThat(node.isLeader()).isFalse();
        assertThat(node.status().phase()).isEqualTo(Phase.LEARNING);
        assertThat(node.notices(Notice.Revoked.class)).hasSize(1);
    }

    // configurations that name storages

    @Test
    void aStorageThatTheConfigurationNamesIsEligibleAtOnce() {
        ReplicaFixture named = inConfigurationThatNames(identity(2));

        assertThat(named.status().eligible()).isTrue();
    }

    @Test
    void aStorageInThePlaceOfTheOneThatIsNamedTakesNoPart() {
        ReplicaFixture other = inConfigurationThatNames(OTHER);

        other.receive(1, new IntroductionAnswer(identity(2), identity(2)));

        assertThat(other.status().phase()).isEqualTo(Phase.LEARNING);
        assertThat(other.notices(Notice.Eligibility.class)).singleElement().matches(notice -> !notice.eligible());
    }

    /** As a node that learnt of the configuration from the log. */
    private static ReplicaFixture inConfigurationThatNames(UUID storage) {
        ClusterConfiguration naming = THREE.with(new TreeMap<>(Map.of(2L, storage)));
        return ReplicaFixture.fresh(2, naming)
                .stored(WriteBatch.membership(Membership.in(naming)))
                .start();
    }

    // readmission

    @Test
    void aMemberThatLostItsDiskIsReadmittedByAReconfigurationOfItsOwnAccord() {
        ReplicaNetwork network = settled();
        network.stop(1);
        network.propose(3, "b", "c");

        network.wipe(1);
        network.until(() -> network.node(1).status().eligible());
        network.until(() -> network.node(1).status().phase() == Phase.FOLLOWING);

        assertThat(network.node(1).status().configuration().id()).isEqualTo(2);
        assertThat(network.node(1).status().configuration().nodes()).containsExactly(1L, 2L, 3L);
        assertThat(network.node(1).contents()).contains("a", "b", "c");
        network.assertAllEqual();
    }

    @Test
    void untilItIsReadmittedItTakesNoPart() {
        ReplicaNetwork network = settled();
        List<Object> votes = new ArrayList<>();
        network.watch(envelope -> {
            if (envelope.from() == 1 && envelope.configurationId() == 1 && isVote(envelope)) {
                votes.add(envelope);
            }
        });

        network.wipe(1);
        // It may reply to a heartbeat before it has introduced itself, with which it follows nobody.
        votes.clear();
        network.until(() -> network.node(1).status().eligible());

        assertThat(votes).isEmpty();
    }

    @Test
    void aLeaderThatLostItsDiskIsReadmittedByTheNext() {
        ReplicaNetwork network = settled();

        network.wipe(3);
        network.until(() -> network.node(3).status().eligible());
        network.untilLeader();
        network.ticks(RESEND_TICKS);

        assertThat(network.node(3).contents()).contains("a");
        assertThat(network.leader().status().configuration().id()).isEqualTo(2);
        network.assertAllEqual();
    }

    @Test
    void oneThatLostItsDiskAgainIsReadmittedAgain() {
        ReplicaNetwork network = settled();
        for (long configuration = 2; configuration <= 4; configuration++) {
            long next = configuration;
            network.wipe(1);
            network.until(() -> network.node(1).status().eligible()
                    && network.node(1).status().configuration().id() == next);
            network.untilLeader();
        }

        network.propose(network.leader().pid(), "b");
        network.ticks(RESEND_TICKS);

        assertThat(network.node(1).contents()).contains("a", "b");
        network.assertAllEqual();
    }

    private static boolean isVote(Envelope envelope) {
        return envelope.message() instanceof Promise
                || envelope.message() instanceof Accepted
                || envelope.message() instanceof HeartbeatAnswer
                || envelope.message() instanceof HeartbeatReply;
    }

    /** Three nodes that know one another, led by node 3, with the command a. */
    private static ReplicaNetwork settled() {
        ReplicaNetwork network = ReplicaNetwork.of(3).start();
        network.propose(3, "a");
        network.ticks(50);
        return network;
    }

    private void known(long by) {
        node.receive(by, new IntroductionAnswer(node.identity(), node.identity()));
    }

    private void forgetful() {
        node.receive(1, new IntroductionAnswer(identity(2), OTHER));
    }
}
