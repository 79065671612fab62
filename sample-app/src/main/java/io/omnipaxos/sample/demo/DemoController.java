package io.omnipaxos.sample.demo;

import io.omnipaxos.sample.demo.ClusterView.NodeView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** What the page asks and does. */
@RestController
@RequestMapping("/demo")
class DemoController {

    private final List<NodeProcess> nodes;
    private final NodeClient client;
    private final boolean canPause = Signals.areAvailable();

    DemoController(List<NodeProcess> nodes, NodeClient client) {
        this.nodes = nodes;
        this.client = client;
    }

    /** All nodes as they say they are now, asked at the same time. */
    @GetMapping("/cluster")
    ClusterView cluster() {
        List<CompletableFuture<@Nullable JsonNode>> asked =
                nodes.stream().map(node -> ask(node, "/actuator/omnipaxos")).toList();
        List<CompletableFuture<@Nullable JsonNode>> settled =
                nodes.stream().map(node -> ask(node, "/settlements?limit=8")).toList();
        List<NodeView> views = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            views.add(NodeView.of(nodes.get(i), asked.get(i).join()));
        }
        return new ClusterView(canPause, views, newest(settled));
    }

    @PostMapping("/nodes/{pid}/{action}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    NodeView act(@PathVariable long pid, @PathVariable String action) {
        NodeProcess node = nodes.stream()
                .filter(candidate -> candidate.pid() == pid)
                .findFirst()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no node " + pid));
        switch (action) {
            case "start" -> node.start();
            case "stop" -> node.stop();
            case "kill" -> node.kill();
            case "pause" -> node.pause();
            case "resume" -> node.resume();
            default ->
                throw new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "a node knows start, stop, kill, pause and resume, not " + action);
        }
        return NodeView.of(node, null);
    }

    /** The node is not in the state for it. */
    @ExceptionHandler
    ProblemDetail conflict(IllegalStateException refused) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, String.valueOf(refused.getMessage()));
    }

    /** Completes with null where there is no answer. */
    private CompletableFuture<@Nullable JsonNode> ask(NodeProcess node, String path) {
        return node.state() == NodeProcess.State.RUNNING
                ? client.get(node.url(), path).<@Nullable JsonNode>handle((answer, failure) -> answer)
                : CompletableFuture.completedFuture(null);
    }

    private static @Nullable JsonNode newest(List<CompletableFuture<@Nullable JsonNode>> answers) {
        JsonNode newest = null;
        for (CompletableFuture<@Nullable JsonNode> future : answers) {
            JsonNode answer = future.join();
            if (answer != null
                    && (newest == null
                            || answer.path("last").asLong()
                                    > newest.path("last").asLong())) {
                newest = answer;
            }
        }
        return newest;
    }
}
