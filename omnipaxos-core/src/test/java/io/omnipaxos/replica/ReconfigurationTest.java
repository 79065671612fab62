package io.omnipaxos.replica;

import static io.omnipaxos.replica.ReplicaFixture.ELECTION_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.HEARTBEAT_TICKS;
import static io.omnipaxos.replica.ReplicaFixture.ballot;
import static io.omnipaxos.replica.ReplicaFixture.command;
import static io.omnipaxos.replica.ReplicaFixture.entry;
import static io.omnipaxos.replica.ReplicaFixture.identity;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Effects;
import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.Introduction;
import io.omnipaxos.message.LeaseMessage.LeaderHeartbeat;
import io.omnipaxos.message.LeaseMessage.Released;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.message.ReplicationMessage.AppendRefused;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.Prepare;
import io.omnipaxos.replica.ReplicaStatus.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a leader goes over to the next configuration: node 1, which leads three, with the leases of the others. */
class ReconfigurationTest {

    private static final int PATIENCE = 4 * ELECTION_TICKS;
    private static final UUID JOINING = new UUID(4, 4);

    private final ReplicaFixture leader = ReplicaFixture.of(1, 3).start();
    private Ballot own = Ballot.NONE;

    // refusals

    @Test
    void whoDoesNotLeadRefuses() {
        leader.reconfigure(next(1, 2));

        assertRefused("this node does not lead");
    }

    @Test
    void b8_aRequestWithoutALeaderIsRefusedAndNotKeptForALaterOne() {
        leader.reconfigure(next(1, 2));

        lead();
        leader.ticks(HEARTBEAT_TICKS);

        assertThat(leader.notices(Notice.Ending.class)).isEmpty();
        assertThat(leader.storedEntries()).noneMatch(StopSign.class::isInstance);
    }

    @Test
    void aSecondChangeIsRefusedWhileTheFirstGoesOn() {
        lead();
        leader.reconfigure(next(1, 2));

        leader.reconfigure(next(1, 3));

        assertRefused("the change to nodes [1, 2] is going on");
    }

    @Test
    void theIdOfTheNextConfigurationIsOneMore() {
        lead();

        leader.reconfigure(ClusterConfiguration.majority(3, List.of(1L, 2L)));

        assertRefused("configuration 1 is in force, so the next one is 2, not 3");
    }

    @Test
    void aLeaderThatHandsOverRefuses() {
        lead();
        leader.step(new Input.EndLeadership(2, false, leader.now()));

        leader.reconfigure(next(1, 2));

        assertRefused("leadership is being given up; ask the next leader");
    }

    @Test
    void aJoiningNodeThatIsSilentIsNamed() {
        lead();

        leader.reconfigure(next(1, 2, 4));
        holdFor(PATIENCE + 1);

        assertRefused("node 4 does not fetch the log: is it started, with the address of a member to join?;"
                + " nothing was changed");
        assertThat(leader.isLeader()).isTrue();
    }

    @Test
    void aJoiningNodeThatCatchesUpIsWaitedForAsLongAsItAsks() {
        lead();
        leader.reconfigure(next(1, 2, 4));
        for (int i = 0; i < 4; i++) {
            leader.receive(4, new Fetch(1, 0, 0, JOINING));
            holdFor(PATIENCE / 2);
        }
        assertThat(leader.notices(Notice.ReconfigurationRefused.class)).isEmpty();

        holdFor(PATIENCE + 1);

        assertThat(leader.notices(Notice.ReconfigurationRefused.class)).hasSize(1);
    }

    @Test
    void tooFewNodesInStepAreCounted() {
        lead();

        leader.reconfigure(ClusterConfiguration.majority(2, List.of(1L, 7L)));
        leader.receive(7, new Fetch(1, 0, 0, JOINING));
        ReplicaFixture ofTwo = ReplicaFixture.of(1, 3).start();
        Ballot ballot = ofTwo.granted(1, 2);
        ofTwo.reconfigure(next(1, 3));
        for (int i = 0; i <= PATIENCE; i++) {
            ofTwo.tick();
            ofTwo.answerLastHeartbeat(2);
        }

        assertThat(ballot).isEqualTo(ofTwo.status().promise());
        assertThat(ofTwo.notices(Notice.ReconfigurationRefused.class))
                .extracting(Notice.ReconfigurationRefused::reason)
                .containsExactly("only 1 of the nodes [1, 3] are in step with this leader, and a read quorum is 2;"
                        + " nothing was changed");
    }

    @Test
    void aNodeThatWasInStepButAnswersNoMoreIsNotCounted() {
        lead();
        for (int i = 0; i <= ELECTION_TICKS; i++) {
            leader.tick();
            leader.answerLastHeartbeat(2);
        }

        leader.reconfigure(next(1, 3));
        for (int i = 0; i <= PATIENCE; i++) {
            leader.tick();
            leader.answerLastHeartbeat(2);
        }

        assertRefused("only 1 of the nodes [1, 3] are in step with this leader, and a read quorum is 2;"
                + " nothing was changed");
    }

    @Test
    void aHandoverThatBeganMeanwhileGoesFirst() {
        lead();
        leader.reconfigure(next(1, 2, 4));
        leader.step(new Input.EndLeadership(2, false, leader.now()));

        leader.receive(4, new Fetch(1, 0, 0, JOINING));
        leader.receive(4, new Fetch(2, 0, 0, JOINING));
        leader.release();

        assertRefused("leadership is being given up; nothing was changed");
        assertThat(leader.notices(Notice.Ending.class)).hasSize(1);
        assertThat(leader.lastSentTo(2, Released.class).takeOver()).isTrue();
    }

    @Test
    void aLeaderThatLosesItsLeaseBeforehandChangesNothing() {
        lead();
        leader.reconfigure(next(1, 2, 4));

        leader.ticks(ELECTION_TICKS + HEARTBEAT_TICKS);

        assertRefused("leadership was lost before the change was decided upon; nothing was changed");
    }

    @Test
    void aLeaderThatLosesItsBallotBeforeTheDecisionDoesNotKnow() {
        lead();
        leader.reconfigure(next(1, 2));
        leader.release();
        leader.ticks(ELECTION_TICKS + 1);

        leader.receive(2, ReplicaFixture.prepareOf(ballot(2, 2)));

        assertRefused("leadership was lost before the change was decided; the next leader finds out whether it takes"
                + " place: look at the configuration then");
    }

    // the end of leadership comes first

    @Test
    void leadershipEndsBeforeTheStopSignIsAppended() {
        lead();

        leader.reconfigure(next(1, 2));
        holdFor(3 * HEARTBEAT_TICKS);

        assertThat(leader.notices(Notice.Ending.class))
                .singleElement()
                .isEqualTo(new Notice.Ending(own, 0, "the next configuration is [1, 2]"));
        assertThat(leader.isLeader()).isTrue();
        assertThat(leader.storedEntries()).noneMatch(StopSign.class::isInstance);
    }

    @Test
    void theLeaseIsGoneInTheVeryStepThatAppendsTheStopSign() {
        lead();
        leader.reconfigure(next(1, 2));

        Effects effects = leader.stepOnly(new Input.Release(own, 0, leader.now()));

        assertThat(effects.lease()).isNull();
        assertThat(effects.persist().entries().entries()).singleElement().isInstanceOf(StopSign.class);
        assertThat(ReplicaFixture.of(effects.sendNow(), 2, AcceptDecide.class)).hasSize(1);
        assertThat(effects.notices()).hasAtLeastOneElementOfType(Notice.Revoked.class);
    }

    @Test
    void theBallotIsNotReleasedForItStillHasTheStopSignDecided() {
        lead();

        stop(next(1, 2));

        assertThat(leader.sentTo(2, Released.class)).isEmpty();
        assertThat(leader.status().phase()).isEqualTo(Phase.LEADING);
    }

    @Test
    void workThatIsBeingEndedMayStillAppendAndNobodyAfterwards() {
        lead();
        leader.reconfigure(next(1, 2));
        LogEntry last = leader.propose("last");

        leader.release();
        Command late = leader.propose("late");
        leader.receive(2, new ForwardedAppend(List.of(command(2, 1, "late too"))));

        List<LogEntry> log = leader.storedEntries();
        assertThat(log.get(log.size() - 2)).isEqualTo(last);
        assertThat(log.get(log.size() - 1)).isInstanceOf(StopSign.class);
        assertThat(leader.notices(Notice.Refused.class)).containsExactly(new Notice.Refused(late.id(), false, false));
        assertThat(leader.lastSentTo(2, AppendRefused.class).overloaded()).isFalse();
    }

    @Test
    void withAStopSignInTheLogNoLeaseIsAskedForAndNoneIsHeld() {
        lead();
        stop(next(1, 2));
        leader.forget();

        leader.ticks(2 * HEARTBEAT_TICKS);
        leader.answerLastHeartbeat(2, 3);
        leader.tick();

        assertThat(leader.sentTo(2, LeaderHeartbeat.class))
                .isNotEmpty()
                .allMatch(heartbeat -> !heartbeat.happy() && heartbeat.fencingToken() == 0);
        assertThat(leader.isLeader()).isFalse();
        assertThat(leader.notices(Notice.Granted.class)).isEmpty();
    }

    // who joins

    @Test
    void aJoiningNodeIsAdmittedOnceItHasWhatWasDecidedWhenItLastAsked() {
        lead();
        leader.reconfigure(next(1, 2, 4));

        leader.receive(4, new Fetch(1, 0, 0, JOINING));
        assertThat(leader.notices(Notice.Ending.class)).isEmpty();
        leader.receive(4, new Fetch(leader.decidedIndex() + 1, 0, 0, JOINING));

        assertThat(leader.notices(Notice.Ending.class)).hasSize(1);
    }

    @Test
    void whoOnlyLagsBehindDoesNotAskToTakePart() {
        lead();
        leader.reconfigure(next(1, 2, 4));

        leader.receive(4, new Fetch(1, 0, 0, null));
        leader.receive(4, new Fetch(leader.decidedIndex() + 1, 0, 0, null));

        assertThat(leader.notices(Notice.Ending.class)).isEmpty();
    }

    @Test
    void theStopSignNamesTheStoragesThatAreKnown() {
        leader.receive(2, new Introduction(identity(2)));
        lead();
        leader.reconfigure(next(1, 2, 4));
        leader.receive(4, new Fetch(1, 0, 0, JOINING));
        leader.receive(4, new Fetch(2, 0, 0, JOINING));

        leader.release();

        assertThat(lastEntry()).isInstanceOf(StopSign.class);
        assertThat(((StopSign) lastEntry()).next().storages())
                .containsEntry(1L, leader.identity())
                .containsEntry(2L, identity(2))
                .containsEntry(4L, JOINING)
                .hasSize(3);
    }

    @Test
    void whoJoinsIsToldOfTheDecision() {
        lead();
        leader.reconfigure(next(1, 4));
        leader.receive(4, new Fetch(1, 0, 0, JOINING));
        leader.receive(4, new Fetch(2, 0, 0, JOINING));
        leader.release();

        leader.receive(2, new Accepted(own, 2));

        assertThat(leader.sentTo(4, Ahead.class)).containsExactly(new Ahead(2));
    }

    @Test
    void whoStaysIsToldByTheLeaderAtOnceWithoutWaitingForAnElection() {
        lead();
        stop(next(2, 3));

        leader.receive(2, new Accepted(own, 2));

        assertThat(leader.sentTo(2, Ahead.class)).containsExactly(new Ahead(2));
        assertThat(leader.sentTo(3, Ahead.class)).containsExactly(new Ahead(2));
    }

    // the next configuration

    @Test
    void theNextConfigurationBeginsWhenTheStopSignIsDecidedAndThatIsDurable() {
        lead();
        ClusterConfiguration next = next(1, 2);
        stop(next);

        Effects effects = leader.stepOnly(leader.received(2, new Accepted(own, 2)));
        assertThat(effects.persist().decidedIndex()).isEqualTo(2);
        assertThat(effects.persist().membership().configuration().nodes()).isEqualTo(next.nodes());
        assertThat(leader.status().configuration().id()).isEqualTo(1);
        leader.sync();

        assertThat(leader.status().configuration().id()).isEqualTo(2);
        assertThat(leader.notices(Notice.Configured.class))
                .singleElement()
                .matches(configured -> configured.index() == 2);
    }

    @Test
    void untilItIsDurableNothingHappens() {
        lead();
        stop(next(1, 2));
        leader.stepOnly(leader.received(2, new Accepted(own, 2)));

        Effects tick = leader.stepOnly(new Input.Tick(leader.now()));
        Effects heard = leader.stepOnly(leader.received(2, ReplicaFixture.prepareOf(ballot(9, 2))));
        Effects proposed = leader.stepOnly(new Input.Proposed(List.of(command(1, 9, "x")), leader.now()));

        assertThat(tick.sendNow()).isEmpty();
        assertThat(heard.sendAfterSync()).isEmpty();
        assertThat(leader.status().promise()).isEqualTo(own);
        assertThat(proposed.notices())
                .containsExactly(new Notice.Refused(command(1, 9, "x").id(), false, false));
    }

    @Test
    void aLeaderThatStaysStandsAtOnceInTheNextConfiguration() {
        lead();
        stop(next(1, 2));

        leader.receive(2, new Accepted(own, 2));

        Ballot first = new Ballot(2, 1, 0, 1);
        assertThat(leader.sentTo(2, Prepare.class)).contains(new Prepare(first, 2, own, 2, Ballot.NONE));
        assertThat(leader.durable().promise()).isEqualTo(first);
    }

    @Test
    void aLeaderThatGoesNamesTheFirstOneToStand() {
        lead();
        stop(next(2, 3));

        assertThat(((StopSign) lastEntry()).firstLeader()).isEqualTo(2);
        leader.forget();
        leader.receive(2, new Accepted(own, 2));
        assertThat(leader.status().phase()).isEqualTo(Phase.LEARNING);
        assertThat(leader.sentTo(2, Prepare.class)).isEmpty();
    }

    @Test
    void whoWasRemovedForwardsAppendsToTheLeaderThatItIsToldOf() {
        lead();
        stop(next(2, 3));
        leader.receive(2, new Accepted(own, 2));
        Ballot successor = new Ballot(2, 1, 0, 2);

        leader.receive(2, new Decided(leader.lastSentTo(2, Fetch.class).nextIndex(), List.of(), 2, successor));
        Command command = leader.propose("a");

        assertThat(leader.status().leader()).isEqualTo(successor);
        assertThat(leader.lastSentTo(2, ForwardedAppend.class).commands()).containsExactly(command);
    }

    @Test
    void acknowledgementsOfTheConfigurationBeforeCountForNothing() {
        lead();
        stop(next(1, 2));
        leader.receive(2, new Accepted(own, 2));
        leader.forget();

        leader.receive(new Envelope(ReplicaFixture.CLUSTER, 1, 2, 1, ReplicaFixture.emptyPromise(own)));
        leader.receive(new Envelope(ReplicaFixture.CLUSTER, 1, 3, 1, new Accepted(own, 2)));

        assertThat(leader.status().phase()).isEqualTo(Phase.PREPARING);
        assertThat(leader.sentTo(3, Ahead.class)).containsExactly(new Ahead(2));
    }

    @Test
    void b5_pidsMayHaveGapsAndBeHugeInBothConfigurations() {
        long huge = 1_000_000_007L;
        ReplicaFixture node = ReplicaFixture.of(
                        huge, ClusterConfiguration.majority(1, List.of(4L, huge, Long.MAX_VALUE)))
                .start();
        Ballot ballot = node.granted(1, 4, Long.MAX_VALUE);
        node.propose("a");
        node.receive(4, new Accepted(ballot, 2));
        node.takeSnapshot(1);
        node.takeSnapshot(2);
        assertThat(node.durable().compactedIndex()).isEqualTo(1);

        node.answerLastHeartbeat(4, Long.MAX_VALUE);
        node.reconfigure(ClusterConfiguration.majority(2, List.of(huge, Long.MAX_VALUE)));
        node.release();
        node.receive(Long.MAX_VALUE, new Accepted(ballot, 3));

        assertThat(node.status().configuration().nodes()).containsExactly(huge, Long.MAX_VALUE);
        assertThat(node.sentTo(4, Prepare.class))
                .noneMatch(prepare -> prepare.ballot().configurationId() == 2);
        assertThat(node.sentTo(Long.MAX_VALUE, Prepare.class))
                .anyMatch(prepare -> prepare.ballot().equals(new Ballot(2, 1, 0, huge)));
    }

    @Test
    void inTheNextConfigurationNobodyIsInStepYet() {
        ReplicaFixture follower = ReplicaFixture.of(3, 3).start();
        StopSign stopSign = new StopSign(next(1, 2, 3), 1);
        follower.following(ballot(1, 1), 2, entry("a"), stopSign);
        follower.forget();

        assertThat(follower.status().configuration().id()).isEqualTo(2);
        assertThat(follower.status().phase()).isEqualTo(Phase.RECOVERING);
        follower.restart();
        assertThat(follower.status().phase()).isEqualTo(Phase.RECOVERING);
    }

    // the small words

    private static ClusterConfiguration next(long... pids) {
        return ClusterConfiguration.majority(2, Arrays.stream(pids).boxed().toList());
    }

    private void lead() {
        own = leader.granted(1, 2, 3);
    }

    /** Lets time pass while the others go on granting. */
    private void holdFor(int ticks) {
        for (int i = 0; i < ticks; i++) {
            leader.tick();
            leader.answerLastHeartbeat(2, 3);
        }
    }

    private void stop(ClusterConfiguration next) {
        leader.reconfigure(next);
        leader.release();
    }

    private LogEntry lastEntry() {
        List<LogEntry> log = leader.storedEntries();
        return log.get(log.size() - 1);
    }

    private void assertRefused(String reason) {
        assertThat(leader.notices(Notice.ReconfigurationRefused.class))
                .extracting(Notice.ReconfigurationRefused::reason)
                .containsExactly(reason);
    }
}
