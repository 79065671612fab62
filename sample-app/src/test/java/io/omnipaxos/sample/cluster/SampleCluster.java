package io.omnipaxos.sample.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.sample.cluster.SampleNode.Leading;
import io.omnipaxos.sample.cluster.SampleNode.Settled;
import io.omnipaxos.sample.demo.FreePorts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/**
 * A cluster of real processes for one test, with their data and logs under {@code target/clusters}. Ended after the test;
 * if it failed, with the end of each log.
 */
public final class SampleCluster implements BeforeEachCallback, AfterEachCallback {

    /** A process that starts on a busy machine needs some, an election does not. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final int size;
    private final List<SampleProcess> processes = new ArrayList<>();
    private final List<SampleNode> nodes = new ArrayList<>();
    private Path directory;

    /** Starts nothing: each test says which nodes run, and how. */
    public SampleCluster(int size) {
        this.size = size;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Path.of("target", "clusters", context.getRequiredTestClass().getSimpleName())
                .resolve(context.getRequiredTestMethod().getName())
                .toAbsolutePath();
        FileSystemUtils.deleteRecursively(directory);
        Files.createDirectories(directory);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException()
                .ifPresent(failure -> processes.forEach(process -> printTail(process, System.err)));
        processes.forEach(SampleProcess::close);
        processes.clear();
        nodes.clear();
    }

    private static void printTail(SampleProcess process, PrintStream out) {
        out.printf("---- the end of %s, which %s%n", process.log(), process.isAlive() ? "runs" : "has ended");
        out.println(process.tail());
    }

    /** Where the test may keep files. */
    public Path directory() {
        return directory;
    }

    /** Adds a process of any kind, which ends with the test. Not started yet. */
    public SampleProcess process(String name, String... arguments) {
        SampleProcess process =
                new SampleProcess(FreePorts.find(1).get(0), directory.resolve(name + ".log"), List.of(arguments));
        processes.add(process);
        return process;
    }

    /** Makes and starts all nodes with these arguments besides. */
    public void start(String... arguments) {
        List<Integer> ports = FreePorts.find(size);
        for (long pid = 1; pid <= size; pid++) {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.add("--omnipaxos.pid=" + pid);
            all.add("--omnipaxos.storage.directory=" + directory.resolve("node-" + pid));
            for (int peer = 1; peer <= size; peer++) {
                all.add("--omnipaxos.peers." + peer + "=http://127.0.0.1:" + ports.get(peer - 1));
            }
            int port = ports.get(Math.toIntExact(pid - 1));
            SampleProcess process = new SampleProcess(port, directory.resolve("node-" + pid + ".log"), all);
            processes.add(process);
            nodes.add(new SampleNode(pid, process));
        }
        nodes.forEach(node -> node.process().start());
    }

    public List<SampleNode> nodes() {
        return List.copyOf(nodes);
    }

    public SampleNode node(long pid) {
        return nodes.get(Math.toIntExact(pid - 1));
    }

    public List<SampleNode> others(SampleNode node) {
        return nodes.stream().filter(other -> other.pid() != node.pid()).toList();
    }

    /** Waits until one of the nodes leads and all living ones follow it. */
    public Leading awaitLeader() {
        AtomicReference<Leading> found = new AtomicReference<>();
        await("one leader, seen by all").atMost(PATIENCE).untilAsserted(() -> found.set(onlyLeader()));
        return found.get();
    }

    private Leading onlyLeader() {
        List<SampleNode> living =
                nodes.stream().filter(node -> node.process().isAlive()).toList();
        List<Leading> leading = living.stream()
                .map(SampleNode::leading)
                .flatMap(Optional::stream)
                .toList();
        assertThat(leading).hasSize(1);
        Leading leader = leading.get(0);
        assertThat(living).allSatisfy(node -> assertThat(node.leader()).contains(leader.pid()));
        return leader;
    }

    /** Waits until every living node says that at least this number is settled. */
    public void awaitSettled(long number) {
        await("settled up to " + number)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(nodes)
                        .filteredOn(node -> node.process().isAlive())
                        .allSatisfy(node -> assertThat(node.lastSettled())
                                .hasValueSatisfying(last -> assertThat(last).isGreaterThanOrEqualTo(number))));
    }

    /** Each number once, by a token that never falls, and a token belongs to one node only. */
    public static void assertSettledOnceWithoutGap(List<Settled> settlements) {
        for (int i = 0; i < settlements.size(); i++) {
            Settled settled = settlements.get(i);
            assertThat(settled.number()).isEqualTo(i + 1L);
            Settled before = settlements.get(Math.max(0, i - 1));
            assertThat(settled.token()).isGreaterThanOrEqualTo(before.token());
            if (settled.token() == before.token()) {
                assertThat(settled.pid()).isEqualTo(before.pid());
            }
        }
    }
}
