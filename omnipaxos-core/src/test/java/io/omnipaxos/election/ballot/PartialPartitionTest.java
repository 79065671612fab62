package io.omnipaxos.election.ballot;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.election.Election.Standing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Elections of several nodes by themselves, through cold starts, crashes and the three partial partitions. */
class PartialPartitionTest {

    /** As a leader in phase Accept, for which a write quorum is enough. */
    private static final Standing ACCEPTS = new Standing(true, true, true, true);

    private static final int LONG = 60;

    @Test
    void aColdStartElectsOnceAndTheHighestPidWinsAmongEquals() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);

        network.rounds(LONG);

        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 0, 5));
        assertFollowed(network, network.elected().get(0), 1, 2, 3, 4, 5);
    }

    @Test
    void aColdStartElectsOnceAndPriorityGoesBeforePid() {
        ElectionNetwork network = withPriorities(Map.of(1L, 10, 4L, 9));

        network.rounds(LONG);

        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 10, 1));
    }

    @Test
    void aColdStartDoesNotWaitForAHigherNodeThatDoesNotStand() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        network.stand(5, new Standing(true, false, false, true));

        network.rounds(6);

        assertThat(network.elected()).isNotEmpty().allMatch(ballot -> ballot.pid() != 5);
        network.rounds(LONG);
        assertThat(network.node(5).leader().pid()).isNotEqualTo(5);
        assertFollowed(network, network.node(5).leader(), 1, 2, 3, 4);
    }

    @Test
    void aColdStartDoesNotWaitForAHigherNodeThatReachesNoQuorum() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        List.of(1L, 2L, 3L).forEach(pid -> network.cut(5, pid));

        network.rounds(6);

        assertThat(network.elected()).isNotEmpty().allMatch(ballot -> ballot.pid() != 5);
        network.rounds(LONG);
        assertFollowed(network, network.node(1).leader(), 1, 2, 3, 4, 5);
    }

    @Test
    void aMinorityElectsNobodyAndDoesNotRaiseItsBallots() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        List.of(3L, 4L, 5L).forEach(network::stop);

        network.rounds(LONG);

        assertThat(network.elected()).isEmpty();
        assertThat(network.node(2).ballot().n()).isZero();
    }

    @Test
    void b10_aMinorityWhoseMessagesComeThreeTimesElectsNobody() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        network.copies = 3;
        List.of(3L, 4L, 5L).forEach(network::stop);

        network.rounds(LONG);

        assertThat(network.elected()).isEmpty();
    }

    @Test
    void afterACrashTheHighestPriorityThatIsLeftTakesOverWithinThreeRounds() {
        ElectionNetwork network = withPriorities(Map.of(1L, 10, 2L, 9));
        network.rounds(5);
        network.stop(1);

        network.rounds(3);

        Ballot next = new Ballot(1, 2, 9, 2);
        assertThat(network.elected()).contains(next).allMatch(ballot -> ballot.n() <= 2);
        network.rounds(LONG);
        assertFollowed(network, next, 2, 3, 4, 5);
    }

    @Test
    void inQuorumLossTheOneNodeThatReachesAQuorumTakesOver() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        network.rounds(5);
        network.stand(5, ACCEPTS);
        network.cutAllBut(3);

        network.rounds(4);

        Ballot hub = new Ballot(1, 2, 0, 3);
        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 0, 5), hub);
        network.stand(5, Standing.FREE);
        network.stand(3, ACCEPTS);
        network.rounds(LONG);
        assertThat(network.elected()).hasSize(2);
        assertFollowed(network, hub, 1, 2, 3, 4, 5);
    }

    @Test
    void inTheConstrainedElectionTheHubTakesOver() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        network.rounds(5);
        network.isolate(5);
        network.cutAllBut(3);
        network.cut(3, 5);

        network.rounds(4);

        Ballot hub = new Ballot(1, 2, 0, 3);
        assertThat(network.elected()).endsWith(hub).hasSize(2);
        network.rounds(LONG);
        assertThat(network.elected()).hasSize(2);
        assertFollowed(network, hub, 1, 2, 3, 4);
    }

    @Test
    void inAChainNothingChanges() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3);
        network.rounds(5);
        network.stand(3, ACCEPTS);
        network.cut(3, 1);

        network.rounds(LONG);

        assertThat(network.elected()).hasSize(1);
        assertFollowed(network, new Ballot(1, 1, 0, 3), 1, 2, 3);
    }

    @Test
    void anIsolatedNodeDisturbsNobodyWhenItComesBack() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3, 4, 5);
        network.rounds(5);
        network.isolate(1);
        network.rounds(LONG);

        network.heal();
        network.rounds(LONG);

        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 0, 5));
        assertThat(network.node(1).ballot().n()).isZero();
        assertThat(network.node(1).happy()).isTrue();
    }

    @Test
    void h6_aRestartedLeaderDoesNotLeadItsOldBallotAndALeaderIsFoundAgain() {
        ElectionNetwork network = ElectionNetwork.of(1, 2, 3);
        network.rounds(5);
        Ballot old = network.elected().get(0);

        network.start(old.pid(), old);
        network.rounds(5);

        assertThat(network.elected()).hasSizeGreaterThan(1);
        assertThat(network.elected().subList(1, network.elected().size())).allMatch(later -> later.isAbove(old));
        assertFollowed(network, network.elected().get(network.elected().size() - 1), 1, 2, 3);
    }

    @Test
    void b11_aNodeWithAHigherPriorityDisturbsNoStableLeader() {
        ElectionNetwork network = withPriorities(Map.of(1L, 10));
        network.stop(1);
        network.rounds(5);
        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 0, 5));

        network.start(1, Ballot.NONE);
        network.rounds(LONG);

        assertThat(network.elected()).hasSize(1);
        assertFollowed(network, network.elected().get(0), 1, 2, 3, 4, 5);
    }

    @Test
    void b5_pidsMayHaveGapsAndBeHuge() {
        ElectionNetwork network = ElectionNetwork.of(7, 1_000_000_007L, Long.MAX_VALUE);
        network.rounds(5);
        network.stop(Long.MAX_VALUE);

        network.rounds(5);

        assertThat(network.elected())
                .startsWith(new Ballot(1, 1, 0, Long.MAX_VALUE))
                .endsWith(new Ballot(1, 2, 0, 1_000_000_007L));
        assertFollowed(network, new Ballot(1, 2, 0, 1_000_000_007L), 7, 1_000_000_007L);
    }

    @Test
    void withReadFiveOfSevenFourNodesElectNobodyAndFiveDo() {
        ElectionNetwork network = ElectionNetwork.withQuorums(7, 5, 3);
        List.of(5L, 6L, 7L).forEach(network::stop);
        network.rounds(LONG);
        assertThat(network.elected()).isEmpty();

        network.start(5, Ballot.NONE);
        network.rounds(5);

        assertThat(network.elected()).containsExactly(new Ballot(1, 1, 0, 5));
    }

    @Test
    void withWriteThreeOfSevenALeaderInPhaseAcceptIsHappyWithTwoFollowers() {
        ElectionNetwork network = ElectionNetwork.withQuorums(7, 5, 3);
        network.rounds(5);
        network.stand(7, ACCEPTS);
        List.of(1L, 2L, 3L, 4L).forEach(network::stop);

        network.rounds(LONG);

        assertThat(network.node(7).happy()).isTrue();
        assertThat(network.elected()).hasSize(1);
        network.stop(6);
        network.rounds(2);
        assertThat(network.node(7).happy()).isFalse();
    }

    @Test
    void withReadFiveOfSevenACandidateThatIsNotInPhaseAcceptNeedsFive() {
        ElectionNetwork network = ElectionNetwork.withQuorums(7, 5, 3);
        network.rounds(5);
        network.stand(7, Standing.FREE);
        List.of(1L, 2L, 3L).forEach(network::stop);

        network.rounds(2);

        assertThat(network.node(7).happy()).isFalse();
    }

    @Test
    void withReadFiveOfSevenNobodyTakesOverFromFewerThanFive() {
        ElectionNetwork network = ElectionNetwork.withQuorums(7, 5, 3);
        network.rounds(5);
        List.of(1L, 2L, 7L).forEach(network::stop);

        network.rounds(LONG);

        assertThat(network.elected()).hasSize(1);
        network.start(1, Ballot.NONE);
        network.rounds(5);
        assertThat(network.elected()).hasSizeGreaterThan(1);
    }

    private static ElectionNetwork withPriorities(Map<Long, Integer> priorities) {
        return new ElectionNetwork(ClusterConfiguration.majority(1, List.of(1L, 2L, 3L, 4L, 5L)), priorities);
    }

    private static void assertFollowed(ElectionNetwork network, Ballot leader, long... pids) {
        for (long pid : pids) {
            assertThat(network.node(pid).leader()).as("node %d", pid).isEqualTo(leader);
        }
    }
}
