package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.LEASE;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LeadershipEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.ReadIndexAnswer;
import io.omnipaxos.message.ReplicationMessage.ReadIndexRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands and reads, at the leader, at a follower and where nobody leads. Node 2 of three. */
class ProposalsTest {

    private static final Ballot LED = ballot(3, 1);

    private final ReplicaFixture node = ReplicaFixture.of(2, 3).start();

    @Test
    void b8_whereNobodyLeadsACommandIsRefusedAndNotKeptForALaterLeadership() {
        Command command = node.propose("a");
        assertThat(node.notices()).containsExactly(new Notice.Refused(command.id(), false, false));

        node.granted(1, 1, 3);

        assertThat(node.storedEntries()).containsExactly(new LeadershipEntry(ballot(1, 2)));
    }

    /** What answers neither with the log nor with a refusal was lost, and its owner proposes it again: the same command. */
    @Test
    void b8_aForwardedCommandThatIsProposedAgainIsPassedOnAgain() {
        followGranted();
        Command command = command(2, 1, "a");

        node.step(new Input.Proposed(List.of(command), node.now()));
        node.step(new Input.Proposed(List.of(command), node.now()));

        assertThat(node.sentTo(1, ForwardedAppend.class))
                .containsExactly(new ForwardedAppend(List.of(command)), new ForwardedAppend(List.of(command)));
    }

    @Test
    void aCandidateRefusesCommands() {
        node.candidate(1);

        Command command = node.propose("a");

        assertThat(node.notices(Notice.Refused.class)).containsExactly(new Notice.Refused(command.id(), false, false));
    }

    @Test
    void theLeaderAppends() {
        node.granted(1, 1, 3);

        Command command = node.propose("a");

        assertThat(node.storedEntries().get(1)).isEqualTo(command);
        assertThat(node.notices(Notice.Refused.class)).isEmpty();
    }

    @Test
    void b13_aLeaderWhoseLeaseEndedAppendsNothing() {
        node.granted(1, 1, 3);
        node.advance(LEASE);

        Command command = node.propose("a");

        assertThat(node.acceptedIndex()).isEqualTo(1);
        assertThat(node.notices(Notice.Refused.class)).containsExactly(new Notice.Refused(command.id(), false, false));
    }

    @Test
    void aLeaderWithTooMuchWaitingRefusesAndSaysSo() {
        node.maxMessageBytes = 600;
        node.start();
        node.granted(1, 1, 3);
        node.propose("a");
        node.propose("b");

        Command third = node.propose("c");

        assertThat(node.acceptedIndex()).isEqualTo(3);
        assertThat(node.notices(Notice.Refused.class)).containsExactly(new Notice.Refused(third.id(), true, false));
    }

    @Test
    void aFollowerPassesCommandsToTheLeaderThatItHears() {
        followGranted();

        Command command = node.propose("a");

        assertThat(node.sentTo(1, ForwardedAppend.class)).containsExactly(new ForwardedAppend(List.of(command)));
        assertThat(node.notices(Notice.Refused.class)).isEmpty();
    }

    @Test
    void aLeaderThatGaveLeadershipUpGetsNoMoreCommands() {
        followGranted();
        node.receive(1, new Released(LED, false));

        Command command = node.propose("a");

        assertThat(node.sentTo(1, ForwardedAppend.class)).isEmpty();
        assertThat(node.notices(Notice.Refused.class)).containsExactly(new Notice.Refused(command.id(), false, false));
    }

    @Test
    void aLeaderThatIsNotHeardForALeaseIsForgotten() {
        followGranted();
        assertThat(node.status().leader()).isEqualTo(LED);

        node.ticks(11);

        assertThat(node.status().leader()).isNull();
        assertThat(node.status().fencingToken()).isZero();
        node.propose("a");
        assertThat(node.notices(Notice.Refused.class)).hasSize(1);
    }

    @Test
    void theLeaderAppendsWhatIsPassedToIt() {
        node.granted(1, 1, 3);

        node.receive(3, new ForwardedAppend(List.of(command(3, 1, "a"), command(3, 2, "b"))));

        assertThat(node.storedEntries())
                .containsExactly(new LeadershipEntry(ballot(1, 2)), command(3, 1, "a"), command(3, 2, "b"));
        assertThat(node.sentTo(3, AppendRefused.class)).isEmpty();
    }

    @Test
    void whoDoesNotLeadRefusesWhatIsPassedToItAndPassesNothingOn() {
        followGranted();

        node.receive(3, new ForwardedAppend(List.of(command(3, 1, "a"))));

        assertThat(node.sentTo(3, AppendRefused.class))
                .containsExactly(new AppendRefused(List.of(new ProposalId(3, 1, 1)), false));
        assertThat(node.sentTo(1, ForwardedAppend.class)).isEmpty();
    }

    @Test
    void aLeaderWithTooMuchWaitingRefusesWhatIsPassedToIt() {
        node.maxMessageBytes = 380;
        node.start();
        node.granted(1, 1, 3);
        node.propose("waiting");

        node.receive(3, new ForwardedAppend(List.of(command(3, 1, "a"), command(3, 2, "b"))));

        assertThat(node.lastSentTo(3, AppendRefused.class).overloaded()).isTrue();
        assertThat(node.lastSentTo(3, AppendRefused.class).ids()).hasSize(2);
        assertThat(node.acceptedIndex()).isEqualTo(2);
    }

    @Test
    void aRefusalIsToldToWhoProposedUnlessAnEarlierStartDid() {
        ProposalId present = new ProposalId(2, 1, 5);

        node.receive(1, new AppendRefused(List.of(present, new ProposalId(2, 0, 6), new ProposalId(3, 1, 7)), true));

        assertThat(node.notices()).containsExactly(new Notice.Refused(present, true, true));
    }

    @Test
    void underItsLeaseTheLeaderAnswersAReadWithWhatIsDecided() {
        node.granted(1, 1, 3);
        node.propose("undecided");

        node.step(new Input.ReadIndexWanted(7, node.now()));

        assertThat(node.notices(Notice.ReadIndex.class)).containsExactly(new Notice.ReadIndex(7, 1));
    }

    @Test
    void b13_withoutItsLeaseALeaderAnswersNoReads() {
        node.granted(1, 1, 3);
        node.advance(LEASE);

        node.receive(3, new ReadIndexRequest(4, 8));
        node.step(new Input.ReadIndexWanted(7, node.now()));

        assertThat(node.sentTo(3, ReadIndexAnswer.class)).containsExactly(new ReadIndexAnswer(4, 8, -1));
        assertThat(node.notices(Notice.ReadIndex.class)).containsExactly(new Notice.ReadIndex(7, -1));
    }

    @Test
    void beforeItsOwnEntryIsAppliedALeaderAnswersNoReads() {
        Ballot own = node.prepared(1, 1, 3);
        assertThat(own.n()).isEqualTo(1);

        node.receive(3, new ReadIndexRequest(4, 8));

        assertThat(node.sentTo(3, ReadIndexAnswer.class)).containsExactly(new ReadIndexAnswer(4, 8, -1));
    }

    @Test
    void aFollowersReadIsAnsweredByTheLeader() {
        followGranted();

        node.step(new Input.ReadIndexWanted(7, node.now()));
        assertThat(node.sentTo(1, ReadIndexRequest.class)).containsExactly(new ReadIndexRequest(1, 7));

        node.receive(1, new ReadIndexAnswer(1, 7, 12));
        assertThat(node.notices(Notice.ReadIndex.class)).containsExactly(new Notice.ReadIndex(7, 12));
    }

    @Test
    void anAnswerToAReadOfAnEarlierStartIsPassedOver() {
        node.receive(1, new ReadIndexAnswer(0, 7, 12));

        assertThat(node.notices()).isEmpty();
    }

    private void followGranted() {
        node.following(LED, 1, new LeadershipEntry(LED));
        node.receive(1, new LeaderHeartbeat(LED, 1, true, LEASE, 1, 1, 1));
        node.forget();
    }
}
