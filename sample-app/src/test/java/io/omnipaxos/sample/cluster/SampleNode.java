package io.omnipaxos.sample.cluster;

import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** One node of a cluster, as anybody sees it from outside. */
public record SampleNode(long pid, SampleProcess process) {

    private static final int PAGE = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** What {@code GET /settlements} says of one number. */
    public record Settled(long number, long pid, long token) {}

    /** A node that says that it leads. */
    public record Leading(long pid, long token) {}

    /** The answer of the actuator endpoint, empty if there is none. */
    public Optional<JsonNode> status() {
        Answer answer = process.get("/actuator/omnipaxos");
        return answer.isOk() && !answer.body().isEmpty() ? Optional.of(answer.json()) : Optional.empty();
    }

    /** Empty if it does not lead, or does not answer. */
    public Optional<Leading> leading() {
        return status().filter(status -> status.path("isLeader").asBoolean())
                .map(status -> new Leading(pid, status.path("fencingToken").asLong()));
    }

    /** Which node it follows, empty if none. */
    public Optional<Long> leader() {
        return status().map(status -> status.path("leader").path("pid"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asLong);
    }

    public Answer put(String key, String value) {
        return process.http().put("/store/" + key, value);
    }

    public Answer get(String key) {
        return process.get("/store/" + key);
    }

    /** The last settled number, empty if it cannot say. */
    public Optional<Long> lastSettled() {
        Answer answer = process.get("/settlements?limit=1");
        return answer.isOk() ? Optional.of(answer.json().path("last").asLong()) : Optional.empty();
    }

    /** The last settled number. Asked again while it cannot say, as without a leader. */
    public long awaitLastSettled() {
        return Awaitility.await("the last number that node " + pid + " settled")
                .atMost(PATIENCE)
                .until(this::lastSettled, Optional::isPresent)
                .orElseThrow();
    }

    /** Everything that was ever settled. Asked again while there is no leader: a slow disk may cost one for a moment. */
    public List<Settled> settlements() {
        List<Settled> all = new ArrayList<>();
        for (long from = 1; ; from += PAGE) {
            String path = "/settlements?from=" + from + "&limit=" + PAGE;
            JsonNode page = Awaitility.await("settlements of node " + pid)
                    .atMost(PATIENCE)
                    .until(() -> process.get(path), Answer::isOk)
                    .json();
            page.path("settlements")
                    .forEach(one -> all.add(new Settled(
                            one.path("number").asLong(),
                            one.path("pid").asLong(),
                            one.path("token").asLong())));
            if (from + PAGE > page.path("last").asLong()) {
                return all;
            }
        }
    }
}
