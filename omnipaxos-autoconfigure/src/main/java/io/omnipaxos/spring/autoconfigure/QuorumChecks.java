package io.omnipaxos.spring.autoconfigure;

import org.springframework.validation.Errors;

/** Every two quorums must meet. */
final class QuorumChecks {

    private final DerivedSettings settings;
    private final Errors errors;
    private final int nodes;

    QuorumChecks(DerivedSettings settings, Errors errors) {
        this.settings = settings;
        this.errors = errors;
        this.nodes = settings.peers().size() + 1;
    }

    void run() {
        OmniPaxosProperties.FlexibleQuorum sizes = settings.properties().flexibleQuorum();
        if (sizes.readQuorumSize() == null && sizes.writeQuorumSize() == null) {
            return;
        }
        int read = settings.readQuorum(nodes);
        int write = settings.writeQuorum(nodes);
        int least = nodes == 1 ? 1 : 2;
        if (read > nodes || read < least) {
            reject("readQuorumSize", "must be from " + least + " to the number of nodes, " + nodes);
        }
        if (write > nodes || write < least) {
            reject("writeQuorumSize", "must be from " + least + " to the number of nodes, " + nodes);
        } else if (write > read) {
            reject("writeQuorumSize", "must be at most the read quorum, " + read + "; exchange the two");
        } else if (read + write <= nodes) {
            reject(
                    "readQuorumSize",
                    "and the write quorum of " + write + " need not meet among " + nodes
                            + " nodes; read + write must be more than " + nodes + ": write at least "
                            + (nodes - write + 1) + " in omnipaxos.flexible-quorum.read-quorum-size");
        }
    }

    private void reject(String field, String reason) {
        errors.rejectValue("flexibleQuorum." + field, "invalid", reason);
    }
}
