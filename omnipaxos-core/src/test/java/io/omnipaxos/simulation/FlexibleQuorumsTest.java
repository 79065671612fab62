package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.VirtualCluster.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Seven nodes that elect with five and decide with three. */
class FlexibleQuorumsTest {

    private static final int SEEDS = 50;

    @Test
    void withFourFollowersDeadTheLeaderKeepsItsLeaseAndDecides() {
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = VirtualCluster.withQuorums(seed, 7, 5, 3).startAll();
            VirtualNode leader = settled(cluster);
            crashFollowers(cluster, leader, 4);

            for (int i = 0; i < 200; i++) {
                cluster.run(TIMEOUT / 10);
                assertThat(leader.isLeader()).as("seed %d", seed).isTrue();
            }

            int decided = cluster.checker().decided().size();
            cluster.propose(leader);
            cluster.run(TIMEOUT);
            assertThat(cluster.checker().decided()).as("seed %d", seed).hasSize(decided + 1);
            assertThat(cluster.checker().grants).as("seed %d", seed).isEqualTo(1);
        }
    }

    @Test
    void withFiveFollowersDeadItNeitherLeadsNorDecides() {
        VirtualCluster cluster = VirtualCluster.withQuorums(3, 7, 5, 3).startAll();
        VirtualNode leader = settled(cluster);
        int decided = cluster.checker().decided().size();
        crashFollowers(cluster, leader, 5);
        cluster.propose(leader);

        cluster.run(2 * TIMEOUT);

        assertThat(cluster.leaders()).isZero();
        assertThat(cluster.checker().decided()).hasSize(decided);
    }

    @Test
    void fourNodesElectNobodyAndAFifthThatReturnsIsEnough() {
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = VirtualCluster.withQuorums(seed, 7, 5, 3).startAll();
            VirtualNode leader = settled(cluster);
            leader.crash();
            crashFollowers(cluster, leader, 2);
            cluster.run(30 * TIMEOUT);
            assertThat(cluster.leaders()).as("seed %d", seed).isZero();
            assertThat(cluster.checker().grants).as("seed %d", seed).isEqualTo(1);

            leader.start();

            cluster.runUntilLeader(8 * TIMEOUT);
            int decided = cluster.checker().decided().size();
            cluster.propose(cluster.leader());
            cluster.run(TIMEOUT);
            assertThat(cluster.checker().decided()).as("seed %d", seed).hasSize(decided + 1);
        }
    }

    @Test
    void followersThatReturnToALivingLeaderCatchUpWithoutAChange() {
        for (long seed = 0; seed < SEEDS; seed++) {
            VirtualCluster cluster = VirtualCluster.withQuorums(seed, 7, 5, 3).startAll();
            VirtualNode leader = settled(cluster);
            crashFollowers(cluster, leader, 4);
            for (int i = 0; i < 20; i++) {
                cluster.propose(leader);
                cluster.run(TIMEOUT / 4);
            }

            cluster.nodes().stream().filter(node -> !node.isUp()).forEach(VirtualNode::start);
            cluster.run(6 * TIMEOUT);

            long decided = cluster.checker().decided().size();
            for (VirtualNode node : cluster.nodes()) {
                assertThat(node.replica().status().decidedIndex())
                        .as("node %d, seed %d", node.pid(), seed)
                        .isEqualTo(decided);
            }
            assertThat(cluster.leader()).as("seed %d", seed).isSameAs(leader);
            assertThat(cluster.checker().grants).as("seed %d", seed).isEqualTo(1);
        }
    }

    private static VirtualNode settled(VirtualCluster cluster) {
        cluster.runUntilLeader(5 * TIMEOUT);
        cluster.run(3 * TIMEOUT);
        cluster.propose(cluster.leader());
        cluster.run(TIMEOUT / 5);
        return cluster.leader();
    }

    private static void crashFollowers(VirtualCluster cluster, VirtualNode leader, int count) {
        cluster.nodes().stream().filter(node -> node != leader).limit(count).forEach(VirtualNode::crash);
    }
}
