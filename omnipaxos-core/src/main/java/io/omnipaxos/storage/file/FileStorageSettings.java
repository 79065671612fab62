package io.omnipaxos.storage.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a node keeps its log, and whose it is.
 *
 * @param directory holds nothing but this node's storage; made if it is missing
 * @param clusterId the cluster that the node belongs to, not blank, at most 255 bytes in UTF-8
 * @param pid the node, positive
 * @param segmentBytes the size of a file, in bytes, at which the next one is begun; at least 4096. A batch larger than
 *     that gets a file of its own
 */
public record FileStorageSettings(Path directory, String clusterId, long pid, int segmentBytes) {

    private static final int DEFAULT_SEGMENT_BYTES = 64 << 20;
    private static final int LEAST_SEGMENT_BYTES = 4096;
    private static final int LONGEST_CLUSTER_ID = 255;

    public FileStorageSettings {
        int clusterIdBytes = clusterId.getBytes(StandardCharsets.UTF_8).length;
        if (clusterId.isBlank() || clusterIdBytes > LONGEST_CLUSTER_ID) {
            throw new IllegalArgumentException("a cluster id has 1 to " + LONGEST_CLUSTER_ID
                    + " bytes and is not blank, but '" + clusterId + "' has " + clusterIdBytes);
        }
        if (pid < 1) {
            throw new IllegalArgumentException("a pid is positive, not " + pid);
        }
        if (segmentBytes < LEAST_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "a segment has at least " + LEAST_SEGMENT_BYTES + " bytes, not " + segmentBytes);
        }
    }

    /** With segments of 64 MiB. */
    public static FileStorageSettings of(Path directory, String clusterId, long pid) {
        return new FileStorageSettings(directory, clusterId, pid, DEFAULT_SEGMENT_BYTES);
    }
}
