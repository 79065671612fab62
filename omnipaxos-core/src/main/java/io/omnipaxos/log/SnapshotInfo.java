package io.omnipaxos.log;

import io.omnipaxos.cluster.ClusterConfiguration;

/**
 * A stored snapshot: what everything up to an index has led to.
 *
 * @param index the last index that it covers, positive
 * @param configuration the configuration that is in force after that index
 * @param length of its content, in bytes, positive
 * @param checksum CRC-32C of its content
 */
public record SnapshotInfo(long index, ClusterConfiguration configuration, long length, int checksum) {

    public SnapshotInfo {
        if (index < 1 || length < 1) {
            throw new IllegalArgumentException(
                    "a snapshot covers something and holds something, not index " + index + " in " + length + " bytes");
        }
    }
}
