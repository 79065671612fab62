package io.omnipaxos.storage.file;

import io.omnipaxos.storage.StorageException;
import java.nio.file.Path;

/** The words for content that was durable once and no longer is what was written. */
final class Damage {

    private Damage() {}

    static StorageException at(Path file, long offset, String what) {
        return new StorageException("the segment file " + file + " is damaged at offset " + offset + ": " + what + ". "
                + remedy(file.resolveSibling("")));
    }

    /** An older copy is no way out: it has forgotten promises, and the cluster may have decided upon them. */
    static String remedy(Path directory) {
        return "What this node acknowledged may be lost, so it does not start with less. If the original files are not"
                + " at hand, take the node out of the cluster, delete " + directory
                + ", and add the node again as a new member with a pid that was never used; do not put an older copy"
                + " in place";
    }
}
