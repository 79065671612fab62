package io.omnipaxos.sample.demo;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the page shows.
 *
 * @param canPause whether this system can pause a process
 * @param settlements the answer of a node to {@code GET /settlements}, null if none has answered
 */
record ClusterView(
        boolean canPause, List<NodeView> nodes, @Nullable JsonNode settlements) {

    /**
     * One node.
     *
     * @param processId null where no process runs
     * @param exitCode of the last process, null while one runs
     * @param log file of its output
     * @param status its own answer to {@code GET /actuator/omnipaxos}, null if it gave none
     */
    record NodeView(
            long pid,
            URI url,
            NodeProcess.State state,
            @Nullable Long processId,
            @Nullable Integer exitCode,
            String log,
            @Nullable JsonNode status) {

        static NodeView of(NodeProcess node, @Nullable JsonNode status) {
            return new NodeView(
                    node.pid(),
                    node.url(),
                    node.state(),
                    node.processId(),
                    node.exitCode(),
                    node.log().toString(),
                    status);
        }
    }
}
