package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.storage.file.FileStorageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A cluster that is to be simulated. Times are those of the default settings: ticks of 50 ms, an election timeout and a
 * lease of 500 ms.
 *
 * @param seed of all chance
 * @param nodes how many members there are at first, with pids from 1
 * @param spares how many nodes there are besides, with the pids that follow
 * @param quorums of the members
 * @param link how messages are carried at first
 * @param syncNanos how long a disk takes to sync, half as much again at most and half as much at least
 * @param disks what the disks are made of
 * @param clockDrift how far the rate of each clock is off at most, drawn from the seed, as a fraction; the nodes are
 *     configured for 0.01
 * @param drainNanos how long a node that gives leadership up waits for running work
 * @param messageBytes the largest message of a node
 * @param snapshotEntries after how many entries a node takes a snapshot
 */
public record SimulationSettings(
        long seed,
        int nodes,
        int spares,
        Quorums quorums,
        LinkConditions link,
        long syncNanos,
        Disks disks,
        double clockDrift,
        long drainNanos,
        int messageBytes,
        long snapshotEntries) {

    /** What disks are made of. */
    public enum Disks {
        /** Fast; a write is there as a whole or not. */
        MEMORY,
        /** What applications run, on simulated files: writes are torn, names get lost, and bits flip. */
        FILES;

        private static final int LEAST_SEGMENT_BYTES = 4096;

        SimulatedDisk make(SplittableRandom random, long syncNanos, NodeSettings node) {
            if (this == MEMORY) {
                return new MemoryDisk(random, syncNanos);
            }
            // So small that compaction deletes some.
            int segmentBytes = LEAST_SEGMENT_BYTES << random.nextInt(4);
            Path directory = Path.of("data");
            return new FileDisk(
                    random, syncNanos, new FileStorageSettings(directory, node.clusterId(), node.pid(), segmentBytes));
        }
    }

    /** The bound that nodes are configured with. */
    public static final double CONFIGURED_DRIFT = 0.01;

    /** The election timeout of all nodes. */
    public static final Duration ELECTION_TIMEOUT = Duration.ofMillis(500);

    /** More than any run takes. */
    private static final long MANY_ENTRIES = 1L << 40;

    public SimulationSettings {
        if (nodes < 1 || spares < 0) {
            throw new IllegalArgumentException("a cluster has at least one node, not " + nodes + " and " + spares);
        }
    }

    /** A healthy cluster of majorities: latency 1 % of the election timeout, syncs of 0.2 ms. */
    public static SimulationSettings of(long seed, int nodes) {
        return new SimulationSettings(
                seed,
                nodes,
                0,
                Quorums.majority(nodes),
                LinkConditions.latency(ELECTION_TIMEOUT.toNanos() / 100),
                200_000,
                Disks.MEMORY,
                CONFIGURED_DRIFT,
                5_000_000,
                1 << 20,
                MANY_ENTRIES);
    }

    public SimulationSettings withQuorums(Quorums other) {
        return new SimulationSettings(
                seed,
                nodes,
                spares,
                other,
                link,
                syncNanos,
                disks,
                clockDrift,
                drainNanos,
                messageBytes,
                snapshotEntries);
    }

    public SimulationSettings withSpares(int other) {
        return new SimulationSettings(
                seed,
                nodes,
                other,
                quorums,
                link,
                syncNanos,
                disks,
                clockDrift,
                drainNanos,
                messageBytes,
                snapshotEntries);
    }

    public SimulationSettings withLink(LinkConditions other) {
        return new SimulationSettings(
                seed,
                nodes,
                spares,
                quorums,
                other,
                syncNanos,
                disks,
                clockDrift,
                drainNanos,
                messageBytes,
                snapshotEntries);
    }

    public SimulationSettings withClockDrift(double other) {
        return new SimulationSettings(
                seed, nodes, spares, quorums, link, syncNanos, disks, other, drainNanos, messageBytes, snapshotEntries);
    }

    public SimulationSettings withDisks(Disks other) {
        return new SimulationSettings(
                seed,
                nodes,
                spares,
                quorums,
                link,
                syncNanos,
                other,
                clockDrift,
                drainNanos,
                messageBytes,
                snapshotEntries);
    }

    public SimulationSettings withSnapshots(long entries, int largestMessage) {
        return new SimulationSettings(
                seed, nodes, spares, quorums, link, syncNanos, disks, clockDrift, drainNanos, largestMessage, entries);
    }

    public SimulationSettings withDrain(Duration longest) {
        return new SimulationSettings(
                seed,
                nodes,
                spares,
                quorums,
                link,
                syncNanos,
                disks,
                clockDrift,
                longest.toNanos(),
                messageBytes,
                snapshotEntries);
    }

    ClusterConfiguration configuration() {
        List<Long> pids = new ArrayList<>();
        for (long pid = 1; pid <= nodes; pid++) {
            pids.add(pid);
        }
        return new ClusterConfiguration(1, pids, quorums);
    }

    NodeSettings of(long pid) {
        NodeSettings defaults = NodeSettings.defaults("simulated", pid, configuration());
        return defaults.toBuilder()
                .lease(defaults.leaseDuration(), CONFIGURED_DRIFT)
                .drainTimeout(Duration.ofNanos(drainNanos))
                .revokeTimeout(Duration.ofNanos(drainNanos))
                .maxMessageBytes(messageBytes)
                .snapshots(snapshotEntries, Long.MAX_VALUE)
                .build();
    }
}
