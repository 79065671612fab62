package io.omnipaxos.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.SampleCluster;
import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import io.omnipaxos.sample.cluster.SampleProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The demo as one command, with the three processes that it starts. */
class DemoIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @RegisterExtension
    final SampleCluster cluster = new SampleCluster(0);

    @Test
    void runsThreeNodesAndEndsThemWithItself() {
        SampleProcess demo = startedDemo();
        List<ProcessHandle> children = awaitChildren(demo);
        long leader = awaitLeader(demo, 0);

        assertThat(demo.get("/").body()).contains("<title>OmniPaxos");
        assertThat(demo.get("/demo.js").isOk()).isTrue();
        assertThat(demo.http().post("/demo/nodes/" + leader + "/kill").status()).isEqualTo(202);
        long successor = awaitLeader(demo, leader);
        assertThat(demo.http().post("/demo/nodes/" + leader + "/kill").status()).isEqualTo(409);
        assertThat(demo.http().post("/demo/nodes/" + leader + "/start").status())
                .isEqualTo(202);
        assertThat(demo.http().post("/demo/nodes/" + successor + "/pause").status())
                .isEqualTo(202);
        assertThat(node(demo, successor).path("state").asString()).isEqualTo("PAUSED");
        awaitLeader(demo, successor);
        List<ProcessHandle> present = awaitChildren(demo);

        demo.terminate();

        demo.awaitExit(PATIENCE);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(present).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void nodesEndWhenTheDemoWasKilled() {
        SampleProcess demo = startedDemo();
        List<ProcessHandle> children = awaitChildren(demo);
        awaitLeader(demo, 0);

        demo.kill();

        try {
            await("the nodes end")
                    .atMost(PATIENCE)
                    .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private SampleProcess startedDemo() {
        SampleProcess demo = cluster.process(
                "demo", "--demo.directory=" + cluster.directory().resolve("demo"));
        demo.start();
        return demo;
    }

    private static List<ProcessHandle> awaitChildren(SampleProcess demo) {
        return await("three nodes")
                .atMost(PATIENCE)
                .until(
                        () -> nodes(demo).stream()
                                .map(node -> node.path("processId"))
                                .filter(JsonNode::isNumber)
                                .flatMap(number -> ProcessHandle.of(number.asLong()).stream())
                                .toList(),
                        found -> found.size() == 3);
    }

    /** Returns the pid of the one node that leads, as soon as it is not the former one. */
    private static long awaitLeader(SampleProcess demo, long former) {
        return await("a leader that is not " + former)
                .atMost(PATIENCE)
                .until(
                        () -> nodes(demo).stream()
                                .filter(node ->
                                        node.path("status").path("isLeader").asBoolean(false))
                                .map(node -> node.path("pid").asLong())
                                .findFirst(),
                        found -> found.filter(pid -> pid != former).isPresent())
                .orElseThrow();
    }

    private static JsonNode node(SampleProcess demo, long pid) {
        Optional<JsonNode> found = nodes(demo).stream()
                .filter(node -> node.path("pid").asLong() == pid)
                .findFirst();
        return found.orElseThrow();
    }

    private static List<JsonNode> nodes(SampleProcess demo) {
        Answer answer = demo.get("/demo/cluster");
        if (!answer.isOk()) {
            return List.of();
        }
        JsonNode nodes = answer.json().path("nodes");
        return IntStream.range(0, nodes.size()).mapToObj(nodes::get).toList();
    }
}
