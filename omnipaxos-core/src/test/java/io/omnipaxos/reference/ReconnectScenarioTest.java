package io.omnipaxos.reference;

import static io.omnipaxos.replica.ReplicaFixture.RESEND_TICKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.StopSign;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LeaseMessage.HeartbeatAnswer;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.Accepted;
import io.omnipaxos.replica.Input;
import io.omnipaxos.replica.ReplicaFixture;
import io.omnipaxos.replica.ReplicaNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The group «reconnect»: five nodes, of which node 5 leads and node 1 misses something. Each scenario begins with five
 * commands that everybody has.
 */
class ReconnectScenarioTest {

    private static final long LEADER = 5;
    private static final ClusterConfiguration NEXT = ClusterConfiguration.majority(2, List.of(1L, 2L, 3L, 4L, 5L));

    private final ReplicaNetwork network = ReplicaNetwork.of(5).start();
    private final ReplicaFixture follower = network.node(1);

    @BeforeEach
    void fiveCommands() {
        propose(LEADER, 1);
        network.assertAllEqual();
    }

    @Test
    void reconnect1_whatIsSentToAFollowerIsNumberedWithoutGaps() {
        List<Long> numbers = new ArrayList<>();
        network.watch(envelope -> {
            if (envelope.to() == 1 && envelope.message() instanceof AcceptDecide accept) {
                numbers.add(accept.firstIndex());
            }
        });

        propose(LEADER, 6);

        assertThat(numbers).containsExactly(7L, 8L, 9L, 10L, 11L);
    }

    @Test
    void reconnect2_entriesThatWereLostComeWhenTheLinkIsBack() {
        network.cut(LEADER, 1);
        propose(LEADER, 6);
        network.heal();

        propose(LEADER, 11);

        assertFollowerHas(15);
    }

    @Test
    void reconnect3_whoMissedTheChangeOfLeaderGetsWhatTheNextOneDecided() {
        network.isolate(1);
        network.stop(LEADER);
        propose(network.untilLeader().pid(), 6);

        network.heal();

        assertFollowerHas(10);
    }

    @Test
    void reconnect4_whosePromiseWasLostGetsWhatTheNextOneDecided() {
        List.of(2L, 3L, 4L, 5L).forEach(pid -> network.cut(1, pid));
        network.stop(LEADER);
        propose(network.untilLeader().pid(), 6);

        network.heal();

        assertFollowerHas(10);
    }

    @Test
    void reconnect5_whoseRequestForWhatWasLostIsLostTooGetsItAll() {
        network.cut(LEADER, 1);
        propose(LEADER, 6);
        network.heal();
        network.cut(1, LEADER);
        propose(LEADER, 11);
        network.ticks(RESEND_TICKS);

        network.heal();

        assertFollowerHas(15);
    }

    @Test
    void reconnect6_whoMissedTheStopSignAndMustLeadHasTheSameOneDecided() {
        network.cut(LEADER, 1);
        stopSignThatIsNotDecided();
        LogEntry stopSign = lastEntry(network.node(LEADER));
        network.stop(LEADER);
        network.heal();

        elect1();
        network.until(() -> follower.status().configuration().id() == 2);

        assertThat(follower.storedEntries()).contains(stopSign);
        network.restart(LEADER);
        assertEverybodyIsInTheNextConfiguration();
    }

    @Test
    void reconnect7_aLostStopSignIsSentAgainEvenIfItCannotBeDecided() {
        network.stop(2, 3, 4);
        network.cut(LEADER, 1);
        network.reconfigure(NEXT);
        assertThat(lastEntry(network.node(LEADER))).isInstanceOf(StopSign.class);
        assertThat(lastEntry(follower)).isNotInstanceOf(StopSign.class);

        network.heal();
        network.ticks(RESEND_TICKS);

        assertThat(lastEntry(follower)).isEqualTo(lastEntry(network.node(LEADER)));
        assertThat(follower.status().configuration().id()).isEqualTo(1);
        List.of(2L, 3L, 4L).forEach(network::restart);
        assertEverybodyIsInTheNextConfiguration();
    }

    @Test
    void reconnect8_whoWasAwayWhenTheConfigurationEndedHearsOfItFromTheLeaderAlone() {
        network.isolate(1);
        network.reconfigure(NEXT);
        network.until(() -> network.node(LEADER).status().configuration().id() == 2);

        network.heal();
        List.of(2L, 3L, 4L).forEach(pid -> network.cutBoth(1, pid));
        network.until(() -> follower.status().configuration().id() == 2);

        assertThat(follower.contents()).contains("configuration 2");
    }

    @Test
    void b2_aStormOfReconnectionsAroundAStopSignDecidesNoMoreThanThereIs() {
        stopSignThatIsNotDecided();
        for (int i = 0; i < 10; i++) {
            for (ReplicaFixture node : network.up()) {
                for (long peer = 1; peer <= 5; peer++) {
                    node.step(new Input.Reconnected(peer, node.now()));
                }
            }
            network.deliver();
            network.ticks(1);
            for (ReplicaFixture node : network.up()) {
                assertThat(node.acceptedIndex()).isEqualTo(7);
                assertThat(node.decidedIndex()).isEqualTo(6);
            }
        }

        network.heal();

        assertEverybodyIsInTheNextConfiguration();
    }

    @Test
    void b2_whenTheLeaderCrashesBeforeTheDecisionTheStopSignIsDecidedAllTheSame() {
        stopSignThatIsNotDecided();
        network.stop(LEADER);
        network.heal();

        assertEverybodyIsInTheNextConfiguration();

        network.restart(LEADER);
        assertEverybodyIsInTheNextConfiguration();
    }

    /** The leader appends a stop-sign and hears from nobody that it arrived. */
    private void stopSignThatIsNotDecided() {
        network.lose(ReconnectScenarioTest::acknowledges);
        network.reconfigure(NEXT);
        assertThat(lastEntry(network.node(LEADER))).isInstanceOf(StopSign.class);
    }

    private static boolean acknowledges(Envelope envelope) {
        return envelope.message() instanceof Accepted || envelope.message() instanceof HeartbeatAnswer;
    }

    /** Of those that are up only node 1 stands. */
    private void elect1() {
        network.up().stream()
                .filter(node -> node != follower)
                .forEach(node -> node.step(new Input.Stand(false, node.now())));
    }

    /** Proposes five commands, named by their numbers. */
    private void propose(long pid, int first) {
        for (int number = first; number < first + 5; number++) {
            network.propose(pid, Integer.toString(number));
        }
    }

    private void assertFollowerHas(int commands) {
        network.ticks(4 * RESEND_TICKS);
        List<String> expected = new ArrayList<>();
        for (int number = 1; number <= commands; number++) {
            expected.add(Integer.toString(number));
        }
        assertThat(follower.contents())
                .filteredOn(content -> !content.startsWith("leader"))
                .isEqualTo(expected);
        network.assertAllEqual();
    }

    private void assertEverybodyIsInTheNextConfiguration() {
        network.until(() -> network.up().stream()
                .allMatch(node -> node.status().configuration().id() == 2));
        network.untilLeader();
        network.ticks(4 * RESEND_TICKS);
        network.assertAllEqual();
        assertThat(network.leader().contents())
                .filteredOn("configuration 2"::equals)
                .hasSize(1);
    }

    private static LogEntry lastEntry(ReplicaFixture node) {
        List<LogEntry> log = node.storedEntries();
        return log.get(log.size() - 1);
    }
}
