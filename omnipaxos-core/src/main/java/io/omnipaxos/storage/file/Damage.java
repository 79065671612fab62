package io.omnipaxos.storage.file;

import io.omnipaxos.storage.StorageException;
import java.nio.file.Path;

/** Content was durable once and no longer is what was written. */
final class Damage extends StorageException {

    private static final long serialVersionUID = 1L;

    private final String fault;

    private Damage(String fault, Path file) {
        super(fault + ". " + remedy(file.resolveSibling("")));
        this.fault = fault;
    }

    static Damage at(Path file, long offset, String what) {
        return new Damage("the file " + file + " is damaged at offset " + offset + ": " + what, file);
    }

    static Damage missing(Path file, String why) {
        return new Damage("the file " + file + " is missing: " + why, file);
    }

    /** What is wrong, without what to do. */
    String fault() {
        return fault;
    }

    /** An older copy is no way out: it has forgotten promises, and the cluster may have decided upon them. */
    static String remedy(Path directory) {
        return "What this node acknowledged may be lost, so it does not start with less. If the original files are not"
                + " at hand, delete " + directory
                + " and start the node again: as long as the others are a quorum, they"
                + " notice that it has forgotten, bring it up to date and admit it anew. Do not put an older copy in"
                + " place, which nobody could notice";
    }
}
