package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.VirtualCluster.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.replica.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Faults drawn from a seed: safety is checked after every step, and once all is healed a leader must be there, every
 * node must have everything, and new commands must be decided. Any seed can be run again with {@code -Dseed=…}.
 */
class RandomFaultsTest {

    private static final long SEEDS = Long.getLong("seeds", 400);

    @Test
    void noSeedBreaksItAndEachRecovers() {
        Long only = Long.getLong("seed");
        long from = only == null ? Long.getLong("from", 0) : only;
        long to = only == null ? from + SEEDS : only + 1;
        long grants = 0;
        long decided = 0;
        long restores = 0;
        long configurations = 0;
        long wipes = 0;
        for (long seed = from; seed < to; seed++) {
            try {
                VirtualCluster cluster = run(seed);
                grants += cluster.checker().grants;
                decided += cluster.checker().decided().size();
                restores += cluster.checker().restores;
                configurations += cluster.newestConfiguration() - 1;
                wipes += cluster.wipes;
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("replay with -Dtest=RandomFaultsTest -Dseed=" + seed, failure);
            }
        }
        System.out.printf(
                "random faults: %d seeds, %d leaderships, %d entries decided, %d reconfigurations, %d snapshots restored,"
                        + " %d disks lost%n",
                to - from, grants, decided, configurations, restores, wipes);
    }

    private static VirtualCluster run(long seed) {
        Random random = new Random(seed * 31 + 7);
        int size = 1 + random.nextInt(6);
        VirtualCluster cluster = size > 3 && random.nextInt(3) == 0
                ? VirtualCluster.withQuorums(seed, size, size - 1, 2)
                : new VirtualCluster(seed, size);
        cluster.lossRate = random.nextInt(3) == 0 ? random.nextDouble() * 0.2 : 0;
        cluster.duplicateRate = random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : 0;
        cluster.withSpares(random.nextInt(3));
        cluster.losesDisks = random.nextBoolean();
        cluster.latencyNanos = (long) (TIMEOUT * (0.001 + random.nextDouble() * 0.1));
        cluster.spread = random.nextInt(3) == 0 ? 1.9 : 0.2;
        cluster.drainNanos = (long) (TIMEOUT * random.nextDouble());
        cluster.startAll();
        for (int i = 0; i < 60; i++) {
            disturb(cluster, random);
            cluster.run((long) (TIMEOUT * random.nextDouble() * 1.5));
        }
        assertRecovers(cluster);
        return cluster;
    }

    private static void disturb(VirtualCluster cluster, Random random) {
        List<VirtualNode> nodes = new ArrayList<>(cluster.nodes());
        VirtualNode node = nodes.get(random.nextInt(nodes.size()));
        VirtualNode other = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(16)) {
            case 0 -> node.crash();
            case 1 -> cluster.cutBoth(node.pid(), other.pid());
            case 2 -> cluster.cut(node.pid(), other.pid());
            case 3 -> cluster.isolate(node.pid());
            case 4 -> cluster.heal();
            case 5 -> {
                if (node.isUp()) {
                    node.pause();
                }
            }
            case 6 -> nodes.forEach(VirtualNode::resume);
            case 7 -> {
                if (node.isUp() && !node.isPaused()) {
                    long successor = random.nextBoolean() ? 0 : other.pid();
                    node.take(at -> new Input.EndLeadership(successor, random.nextInt(4) == 0, at));
                }
            }
            case 12, 13 ->
                nodes.forEach(n -> {
                    if (random.nextBoolean()) {
                        n.takeSnapshot();
                    }
                });
            case 14 -> reconfigure(cluster, random);
            case 15 -> {
                // Three members are the fewest that bear the loss of one disk.
                boolean borne = cluster.losesDisks
                        && node.isUp()
                        && node.isKnownToAll()
                        && node.replica().status().configuration().nodes().size() > 2;
                if (borne) {
                    node.wipe();
                    cluster.wipes++;
                }
            }
            case 8, 9 -> nodes.stream().filter(n -> !n.isUp()).forEach(VirtualNode::start);
            default -> {
                for (int i = 0; i < 5; i++) {
                    proposeSomewhere(cluster, random);
                }
            }
        }
    }

    private static void reconfigure(VirtualCluster cluster, Random random) {
        for (VirtualNode leader : cluster.nodes()) {
            if (leader.isLeader() && !leader.isPaused()) {
                ClusterConfiguration present = leader.replica().status().configuration();
                List<Long> nodes = new ArrayList<>();
                cluster.nodes().stream()
                        .map(VirtualNode::pid)
                        .filter(pid -> random.nextInt(3) > 0)
                        .forEach(nodes::add);
                int size = nodes.size();
                Quorums quorums = size > 3 && random.nextInt(3) == 0
                        ? new Quorums(size, size - 1, 2)
                        : Quorums.majority(Math.max(1, size));
                if (size > (cluster.losesDisks ? 2 : 0)) {
                    ClusterConfiguration next = new ClusterConfiguration(present.id() + 1, nodes, quorums);
                    leader.take(at -> new Input.Reconfigure(next, at));
                }
            }
        }
    }

    private static void proposeSomewhere(VirtualCluster cluster, Random random) {
        List<VirtualNode> up =
                cluster.nodes().stream().filter(VirtualNode::isUp).toList();
        if (!up.isEmpty()) {
            cluster.propose(up.get(random.nextInt(up.size())));
        }
    }

    private static void assertRecovers(VirtualCluster cluster) {
        cluster.heal();
        cluster.lossRate = 0;
        cluster.nodes().forEach(VirtualNode::resume);
        cluster.nodes().stream().filter(node -> !node.isUp()).forEach(VirtualNode::start);
        cluster.run(14 * TIMEOUT);
        assertThat(cluster.leaders()).as("leaders: %s", cluster.describe()).isEqualTo(1);
        int before = cluster.checker().decided().size();
        VirtualNode anybody = cluster.nodes().stream().findFirst().orElseThrow();
        cluster.propose(anybody);
        cluster.run(4 * TIMEOUT);
        assertThat(cluster.checker().decided().size())
                .as("decided: %s", cluster.describe())
                .isGreaterThan(before);
        for (VirtualNode node : cluster.nodes()) {
            assertThat(node.replica().status().decidedIndex())
                    .as("node %d: %s", node.pid(), cluster.describe())
                    .isEqualTo(cluster.checker().decided().size());
        }
    }
}
