package io.omnipaxos.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.omnipaxos.sample.demo.NodeProcess.State;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a process that does nothing in the place of a node. */
@DisabledOnOs(OS.WINDOWS)
class SupervisorTests {

    private static final URI URL = URI.create("http://127.0.0.1:1");

    @TempDir
    private Path directory;

    private NodeProcess node;
    private Supervisor supervisor;

    @AfterEach
    void end() {
        if (node != null && node.state() != State.ENDED) {
            node.kill();
        }
    }

    @Test
    void nothingRunsBeforeTheStart() {
        supervise("sleep", "60");

        assertThat(node.state()).isEqualTo(State.ENDED);
        assertThat(node.processId()).isNull();
        assertThat(node.exitCode()).isNull();
        assertThatIllegalStateException().isThrownBy(node::kill).withMessageContaining("does not run");
    }

    @Test
    void startsTheNodesAndEndsThem() {
        supervise("sleep", "60");

        supervisor.start();

        assertThat(node.state()).isEqualTo(State.RUNNING);
        assertThatIllegalStateException().isThrownBy(node::start).withMessageContaining("runs already");
        supervisor.stop();
        assertThat(node.state()).isEqualTo(State.ENDED);
        assertThat(node.exitCode()).isEqualTo(143);
    }

    @Test
    void aKilledNodeCanBeStartedAgain() throws Exception {
        supervise("sleep", "60");
        supervisor.start();

        node.kill();
        node.ended().get(60, TimeUnit.SECONDS);

        assertThat(node.exitCode()).isEqualTo(137);
        node.start();
        assertThat(node.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aPausedNodeIsEndedAsWell() {
        supervise("sleep", "60");
        supervisor.start();

        node.pause();

        assertThat(node.state()).isEqualTo(State.PAUSED);
        supervisor.stop();
        assertThat(node.state()).isEqualTo(State.ENDED);
    }

    @Test
    void aPausedNodeGoesOn() {
        supervise("sleep", "60");
        supervisor.start();

        node.pause();
        node.resume();

        assertThat(node.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void whatANodeSaysIsInItsLog() throws Exception {
        supervise("echo", "hello");

        node.start();
        node.ended().get(60, TimeUnit.SECONDS);

        assertThat(node.log()).hasContent("hello");
    }

    private void supervise(String... command) {
        node = new NodeProcess(1, URL, List.of(command), directory.resolve("logs/node.log"));
        supervisor = new Supervisor(List.of(node));
    }
}
