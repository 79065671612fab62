package io.omnipaxos.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCommandTests {

    private final NodeCommand command = new NodeCommand(List.of(20_001, 20_002, 20_003), Path.of("somewhere"));

    @Test
    void aNodeKnowsItsPidItsPortAndItsPeers() {
        assertThat(command.line(2))
                .contains("--omnipaxos.pid=2", "--server.port=20002")
                .contains("--omnipaxos.peers.1=http://127.0.0.1:20001", "--omnipaxos.peers.3=http://127.0.0.1:20003")
                .noneMatch(argument -> argument.startsWith("--omnipaxos.peers.2="));
    }

    @Test
    void eachNodeHasADirectoryAndALogOfItsOwn() {
        assertThat(command.line(3))
                .contains("--omnipaxos.storage.directory="
                        + Path.of("somewhere", "node-3").toAbsolutePath());
        assertThat(command.log(3)).isEqualTo(Path.of("somewhere", "node-3.log").toAbsolutePath());
    }

    @Test
    void aNodeKnowsWhoStartedIt() {
        assertThat(command.line(1))
                .contains("--sample.parent-process=" + ProcessHandle.current().pid());
    }

    @Test
    void runsTheJarOrTheClasses(@TempDir Path directory) throws IOException {
        Path jar = Files.createFile(directory.resolve("sample.jar"));

        assertThat(NodeCommand.application(jar)).containsExactly("-jar", jar.toString());
        assertThat(NodeCommand.application(Path.of("classes:other.jar")))
                .containsExactly("-cp", "classes:other.jar", "io.omnipaxos.sample.SampleApplication");
    }
}
