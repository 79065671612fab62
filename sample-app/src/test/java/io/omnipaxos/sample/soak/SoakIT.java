package io.omnipaxos.sample.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import io.omnipaxos.sample.demo.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Real processes of 256 MB each under load, killed, wiped and exchanged. {@code -Dsoak.appends=1000000} makes it long;
 * {@code -Dsoak.seed} repeats the order of faults.
 */
class SoakIT {

    private static final long APPENDS = Long.getLong("soak.appends", 10_000);
    private static final long SNAPSHOT_ENTRIES = Math.max(2_000, Math.min(50_000, APPENDS / 20));
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration LONG = Duration.ofHours(2);

    private final Random random = new Random(Long.getLong("soak.seed", 1));
    private final Outcomes outcomes = new Outcomes();
    private final Map<Long, SoakNode> nodes = new TreeMap<>();
    private final Map<Long, Integer> starts = new TreeMap<>();
    private Path directory;
    private long mostDiskBytes;

    @BeforeEach
    void makeDirectory(TestInfo test) throws IOException {
        directory = Path.of(
                        "target",
                        "clusters",
                        "SoakIT",
                        test.getTestMethod().orElseThrow().getName())
                .toAbsolutePath();
        FileSystemUtils.deleteRecursively(directory);
        Files.createDirectories(directory);
    }

    @AfterEach
    void endAll() {
        nodes.values().forEach(SoakNode::close);
    }

    @Test
    void whatIsAcknowledgedIsThereExactlyOnceThoughNodesAreKilledAllTheTime() {
        members(3, "--soak.window=64");
        nodes.values().forEach(this::start);
        awaitAppends(outcomes.acknowledged() + 1);
        long began = System.nanoTime();
        long enough = Math.min(APPENDS / 10, 15_000);
        int kills = 0;
        while (outcomes.acknowledged() < APPENDS) {
            awaitAppends(Math.min(APPENDS, outcomes.acknowledged() + enough / 2 + random.nextLong(enough)));
            SoakNode victim = nodes.get(1 + (long) random.nextInt(3));
            victim.kill();
            awaitAppends(outcomes.acknowledged() + enough / 10);
            start(victim);
            kills++;
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        assertExactlyOnce();
        System.out.printf(
                "soak: %d appends acknowledged in %.0f s, %d kills, %d refused, %d of unknown outcome; at most %d MB of disk"
                        + " in a node%n",
                outcomes.acknowledged(), seconds, kills, outcomes.refused(), outcomes.unknown(), mostDiskBytes >> 20);
        // Files of 64 MB are deleted whole: two that the older snapshot still needs a part of, and the one that is
        // written.
        assertThat(mostDiskBytes).isLessThan(192L << 20);
    }

    @Test
    void nodesAreWipedJoinAndLeaveUnderLoad() throws IOException {
        members(3, "--soak.window=32");
        nodes.values().forEach(this::start);
        awaitAppends(APPENDS / 10);

        SoakNode wiped = nodes.get(follower());
        int beforeWipe = outcomes.slotNow();
        wiped.kill();
        FileSystemUtils.deleteRecursively(wiped.data());
        start(wiped);
        awaitAppends(outcomes.acknowledged() + APPENDS / 10);
        await("the wiped node takes part again")
                .atMost(PATIENCE)
                .until(() -> withoutVote(wiped).isEmpty());
        report("a follower was wiped", beforeWipe);

        for (long pid : List.of(4L, 5L)) {
            SoakNode joining =
                    node(pid, List.of("--omnipaxos.join=" + nodes.get(1L).url(), "--soak.window=32"));
            start(joining);
        }
        int beforeChange = outcomes.slotNow();
        reconfigure(1L, 2L, 3L, 4L, 5L);
        awaitAppends(outcomes.acknowledged() + APPENDS / 10);
        report("nodes 4 and 5 joined", beforeChange);

        int beforeLeave = outcomes.slotNow();
        reconfigure(3L, 4L, 5L);
        awaitAppends(outcomes.acknowledged() + APPENDS / 10);
        report("nodes 1 and 2 left", beforeLeave);
        await("node 1 knows that it is no member")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(withoutVote(nodes.get(1L))).contains("no member"));
        nodes.remove(1L).terminate();
        nodes.remove(2L).terminate();
        awaitAppends(outcomes.acknowledged() + APPENDS / 10);
        assertExactlyOnce();
    }

    @Test
    void withFlexibleQuorumsDecisionsGoOnWithThreeOfFiveDownAsLongAsTheLeaderLives() {
        members(
                5,
                "--soak.window=8",
                "--omnipaxos.flexible-quorum.read-quorum-size=4",
                "--omnipaxos.flexible-quorum.write-quorum-size=2");
        nodes.values().forEach(this::start);
        awaitAppends(APPENDS / 50);
        long leader = leader();
        List<SoakNode> killed = nodes.values().stream()
                .filter(node -> node.pid() != leader)
                .limit(3)
                .toList();
        SoakNode follower = nodes.values().stream()
                .filter(node -> node.pid() != leader && !killed.contains(node))
                .findFirst()
                .orElseThrow();

        killed.forEach(SoakNode::kill);
        awaitAppends(outcomes.acknowledged() + APPENDS / 50);
        assertThat(leader()).isEqualTo(leader);

        nodes.get(leader).kill();
        await("no leader is left")
                .atMost(PATIENCE)
                .until(() -> status(follower).path("leader").isNull());
        await("and that is said")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(follower.get("/actuator/health").body())
                        .contains("OUT_OF_SERVICE")
                        .contains("leader"));
        killed.forEach(this::start);
        start(nodes.get(leader));
        awaitAppends(outcomes.acknowledged() + APPENDS / 50);
        assertExactlyOnce();
    }

    private void members(int size, String... arguments) {
        List<Integer> ports = FreePorts.find(size);
        for (long pid = 1; pid <= size; pid++) {
            List<String> all = new ArrayList<>(List.of(arguments));
            for (int peer = 1; peer <= size; peer++) {
                all.add("--omnipaxos.peers." + peer + "=http://127.0.0.1:" + ports.get(peer - 1));
            }
            add(pid, ports.get((int) pid - 1), all);
        }
    }

    private SoakNode node(long pid, List<String> arguments) {
        return add(pid, FreePorts.find(1).get(0), arguments);
    }

    private SoakNode add(long pid, int port, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--omnipaxos.storage.snapshot-after-entries=" + SNAPSHOT_ENTRIES);
        SoakNode node = new SoakNode(pid, port, directory, all, outcomes);
        nodes.put(pid, node);
        return node;
    }

    /** Every start is a writer of its own. */
    private void start(SoakNode node) {
        int number = starts.merge(node.pid(), 1, Integer::sum);
        node.start(node.pid() * 100_000 + number);
    }

    private void awaitAppends(long count) {
        await(count + " appends acknowledged")
                .atMost(LONG)
                .failFast("nothing was acknowledged for long", this::stuck)
                .until(() -> {
                    nodes.values().forEach(node -> mostDiskBytes = Math.max(mostDiskBytes, node.diskBytes()));
                    return outcomes.acknowledged() >= count;
                });
    }

    private boolean stuck() {
        int now = outcomes.slotNow();
        return now > 600 && outcomes.slots(now - 600, now).stream().allMatch(count -> count == 0);
    }

    private static JsonNode status(SoakNode node) {
        Answer answer = node.get("/actuator/omnipaxos");
        return answer.isOk() ? answer.json() : MissingNode.getInstance();
    }

    /** Why a node takes no part in decisions, empty if it does. */
    private static String withoutVote(SoakNode node) {
        JsonNode status = status(node);
        return status.isMissingNode()
                ? "does not answer"
                : status.path("withoutVote").asString("");
    }

    private long leader() {
        return await("a leader")
                .atMost(PATIENCE)
                .until(
                        () -> nodes.values().stream()
                                .filter(SoakNode::isAlive)
                                .filter(node -> status(node).path("isLeader").asBoolean(false))
                                .map(SoakNode::pid)
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private long follower() {
        long leader = leader();
        return nodes.keySet().stream().filter(pid -> pid != leader).findFirst().orElseThrow();
    }

    private void reconfigure(Long... members) {
        String nodesText = Arrays.stream(members).map(String::valueOf).collect(Collectors.joining(","));
        String urls = Arrays.stream(members)
                .map(pid -> pid + "=" + nodes.get(pid).url())
                .collect(Collectors.joining(","));
        String request = "{\"action\":\"reconfigure\",\"nodes\":\"" + nodesText + "\",\"urls\":\"" + urls + "\"}";
        await("the members are " + nodesText).atMost(PATIENCE).untilAsserted(() -> {
            Answer answer = nodes.get(leader()).post("/actuator/omnipaxos", request);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        });
    }

    private void report(String what, int fromSlot) {
        List<Integer> slots = outcomes.slots(fromSlot, outcomes.slotNow());
        int longest = 0;
        int present = 0;
        for (int count : slots) {
            present = count == 0 ? present + 1 : 0;
            longest = Math.max(longest, present);
        }
        System.out.printf(
                "soak: %s: longest time without an acknowledgement about %d ms; per 100 ms: %s%n",
                what, longest * 100, slots);
    }

    private void assertExactlyOnce() {
        nodes.values().stream().filter(SoakNode::isAlive).forEach(node -> node.post("/soak/stop", "{}"));
        await("all nodes have applied the same")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(nodes.values().stream()
                                .map(node -> node.get("/soak/tally").body())
                                .distinct())
                        .hasSize(1));
        SoakNode any = nodes.values().iterator().next();
        assertThat(any.get("/soak/tally").json().path("repeated").asLong(-1)).isZero();
        outcomes.acknowledgedOfEach().forEach((writer, acknowledged) -> {
            BitSet missing = (BitSet) acknowledged.clone();
            missing.andNot(applied(any, writer));
            assertThat(missing.stream())
                    .as("acknowledged to %d but not applied", writer)
                    .isEmpty();
        });
        outcomes.refusedOfEach().forEach((writer, refused) -> {
            BitSet wrong = (BitSet) refused.clone();
            wrong.and(applied(any, writer));
            assertThat(wrong.stream()).as("refused to %d but applied", writer).isEmpty();
        });
    }

    private static BitSet applied(SoakNode node, long writer) {
        return BitSet.valueOf(node.bytes("/soak/writers/" + writer));
    }
}
