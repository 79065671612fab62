package io.omnipaxos.sample.soak;

import io.omnipaxos.sample.cluster.SampleHttp;
import io.omnipaxos.sample.cluster.SampleHttp.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node of a soak test over all its starts. */
final class SoakNode implements AutoCloseable {

    private final long pid;
    private final int port;
    private final Path directory;
    private final List<String> arguments;
    private final Outcomes outcomes;
    private Process process;

    /**
     * @param directory of the test; the node keeps its data and its log below it
     * @param arguments besides those that every node has
     * @param outcomes told of everything that the node's load says
     */
    SoakNode(long pid, int port, Path directory, List<String> arguments, Outcomes outcomes) {
        this.pid = pid;
        this.port = port;
        this.directory = directory;
        this.arguments = arguments;
        this.outcomes = outcomes;
    }

    long pid() {
        return pid;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path data() {
        return directory.resolve("node-" + pid);
    }

    /** @param writer under which name this start appends, 0 if it does not */
    void start(long writer) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TallyApplication.class.getName()));
        command.add("--server.port=" + port);
        command.add("--soak.writer=" + writer);
        command.add("--omnipaxos.pid=" + pid);
        command.add("--omnipaxos.storage.directory=" + data());
        command.add("--logging.threshold.console=OFF");
        command.add("--logging.file.name=" + directory.resolve("node-" + pid + ".log"));
        command.add("--spring.main.banner-mode=off");
        command.add("--management.endpoints.web.exposure.include=*");
        command.add("--management.endpoint.omnipaxos.access=unrestricted");
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("node-" + pid + ".err").toFile()))
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Process started = process;
        Thread reader = new Thread(() -> read(started, writer), "outcomes-of-" + pid);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Process started, long writer) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                outcomes.said(writer, line);
            }
        } catch (IOException ended) {
            // A killed process ends in the middle of a word.
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
        awaitExit();
    }

    Answer get(String path) {
        return http().get(path);
    }

    Answer post(String path, String json) {
        return http().post(path, json);
    }

    byte[] bytes(String path) {
        return http().bytes(path);
    }

    /** How many bytes the node's files take. */
    long diskBytes() {
        try (Stream<Path> files = Files.walk(data())) {
            return files.mapToLong(SoakNode::sizeOf).sum();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException deleted) {
            return 0;
        }
    }

    private SampleHttp http() {
        return new SampleHttp(url());
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("process " + process.pid() + " did not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
