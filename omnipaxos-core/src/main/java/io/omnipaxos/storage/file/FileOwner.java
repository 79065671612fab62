package io.omnipaxos.storage.file;

import io.omnipaxos.storage.Encoding;
import io.omnipaxos.storage.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Whose a file is.
 *
 * @param identity made at random when the directory was first used
 * @param clusterId the cluster of the node
 * @param pid the node
 */
record FileOwner(UUID identity, String clusterId, long pid) {

    int length() {
        return Encoding.UUID_BYTES + Encoding.lengthOf(clusterId) + Long.BYTES;
    }

    void put(ByteBuffer target) {
        Encoding.putUuid(target, identity);
        Encoding.putText(target, clusterId);
        target.putLong(pid);
    }

    static FileOwner get(ByteBuffer source) {
        return new FileOwner(Encoding.getUuid(source), Encoding.getText(source), source.getLong());
    }

    /**
     * Refuses a file that this one owns where the settings name another owner.
     *
     * @throws StorageException if the cluster or the node is another one
     */
    void checkConfigured(FileStorageSettings settings, Path file) {
        if (!clusterId.equals(settings.clusterId())) {
            throw new StorageException("the file " + file + " belongs to the cluster '" + clusterId
                    + "', but this node is configured for '" + settings.clusterId()
                    + "'; correct the cluster id, or give this node a directory of its own");
        }
        if (pid != settings.pid()) {
            throw new StorageException("the file " + file + " belongs to the node with pid " + pid
                    + ", but this node is configured with pid " + settings.pid()
                    + "; correct the pid, or give this node a directory of its own");
        }
    }

    /**
     * Refuses a file of another storage than the one beside which it lies.
     *
     * @throws StorageException if it is of another one
     */
    static void checkIdentity(UUID identity, UUID expected, Path file) {
        if (!identity.equals(expected)) {
            throw new StorageException("the file " + file + " belongs to another storage than the segments before it: "
                    + identity + " instead of " + expected + "; files of two directories were mixed. "
                    + Damage.remedy(file.resolveSibling("")));
        }
    }
}
