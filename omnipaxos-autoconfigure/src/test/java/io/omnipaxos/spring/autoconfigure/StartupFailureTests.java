package io.omnipaxos.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.spring.OnLeaderElected;
import io.omnipaxos.spring.node.StorageFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Whatever of ours keeps an application from starting is shown with what to do about it, never as a bare trace. */
class StartupFailureTests {

    @TempDir(factory = Lasting.class)
    private Path directory;

    private ApplicationContextRunner contextRunner;

    @BeforeEach
    void useTheDirectory() {
        contextRunner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OmniPaxosAutoConfiguration.class))
                .withPropertyValues("omnipaxos.storage.directory=" + directory);
    }

    @Test
    void thePortForPeersIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            shows(
                    contextRunner.withPropertyValues("omnipaxos.transport.port=" + taken.getLocalPort()),
                    "cannot answer its peers.*" + taken.getLocalPort(),
                    "omnipaxos.transport.port to a free port");
        }
    }

    @Test
    void theStorageIsInUse() {
        contextRunner.run(first -> {
            assertThat(first).hasNotFailed();

            shows(
                    contextRunner,
                    "could not be opened.*is in use by another process, or by another storage of this one",
                    "directory of its own in omnipaxos.storage.directory");
        });
    }

    @Test
    void theStorageCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        shows(
                contextRunner.withPropertyValues("omnipaxos.storage.directory=" + file.resolve("below")),
                "could not be opened.*" + file + ".*must be a directory in which this process may",
                "that this process can write");
    }

    @Test
    void theStorageIsOfAnotherNode() {
        contextRunner
                .withPropertyValues("omnipaxos.pid=1")
                .run(first -> assertThat(first).hasNotFailed());

        shows(
                contextRunner.withPropertyValues("omnipaxos.pid=2"),
                "belongs to the node with pid 1, but this node is configured with pid 2",
                "directory of its own in omnipaxos.storage.directory");
    }

    @Test
    void theStorageIsOfAnotherCluster() {
        contextRunner.run(first -> assertThat(first).hasNotFailed());

        shows(
                contextRunner.withPropertyValues("omnipaxos.cluster-id=other"),
                "belongs to the cluster 'omnipaxos', but this node is configured for 'other'",
                "directory of its own in omnipaxos.storage.directory");
    }

    @Test
    void aFileOfTheStorageIsDamaged() throws IOException {
        contextRunner.run(first -> assertThat(first).hasNotFailed());
        Path damaged = firstSegment();
        try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("no header".getBytes(StandardCharsets.US_ASCII)), 0);
        }

        shows(contextRunner, "could not be opened.*" + damaged, "Do not delete a damaged directory");
    }

    @Test
    void theStorageOfTheApplicationFails() {
        shows(
                contextRunner.withBean(StorageFactory.class, () -> () -> {
                    throw new IllegalStateException("no such bucket");
                }),
                "The StorageFactory of the application.*no such bucket",
                "or remove it for the storage that the properties below omnipaxos.storage describe");
    }

    @Test
    void theStorageOfTheApplicationIsNone() {
        shows(
                contextRunner.withBean(StorageFactory.class, () -> () -> null),
                "The StorageFactory of the application.*returned null",
                "or remove it for the storage that the properties below omnipaxos.storage describe");
    }

    @Test
    void aCallbackTakesWhatNobodyHas() {
        shows(
                contextRunner.withBean(Callback.class),
                "@OnLeaderElected method .*Callback.elected\\(\\) has a parameter of java.lang.String",
                "inject other beans");
    }

    private static void shows(ApplicationContextRunner runner, String description, String action) {
        runner.run(context -> {
            FailureAnalysis analysis = OmniPaxosPropertiesTests.analysis(context);

            assertThat(analysis.getDescription()).containsPattern(description);
            assertThat(analysis.getAction()).contains(action);
        });
    }

    private Path firstSegment() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static class Callback {

        @OnLeaderElected
        void elected(String word) {}
    }

    /** The temporary directory of the machine is refused. */
    static class Lasting implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("target"), "node");
        }
    }
}
