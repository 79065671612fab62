package io.omnipaxos.storage.file;

import io.omnipaxos.storage.StorageException;
import java.nio.file.Path;

/** Content was durable once and no longer is what was written. */
final class Damage extends StorageException {

    private static final long serialVersionUID = 1L;

    private Damage(String message) {
        super(message);
    }

    static Damage at(Path file, long offset, String what) {
        return new Damage("the file " + file + " is damaged at offset " + offset + ": " + what + ". "
                + remedy(file.resolveSibling("")));
    }

    static Damage missing(Path file, String why) {
        return new Damage("the file " + file + " is missing: " + why + ". " + remedy(file.resolveSibling("")));
    }

    /** An older copy is no way out: it has forgotten promises, and the cluster may have decided upon them. */
    static String remedy(Path directory) {
        return "What this node acknowledged may be lost, so it does not start with less. If the original files are not"
                + " at hand, delete " + directory + ", start the node again, and readmit it to the cluster with a"
                + " reconfiguration; do not put an older copy in place";
    }
}
