package io.omnipaxos.sample.demo;

import io.omnipaxos.sample.SampleApplication;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of the demo's nodes: this very application, once more, with a pid and peers. */
final class NodeCommand {

    /** Three nodes shall be no burden to a laptop. */
    private static final List<String> LIGHT = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final List<Integer> ports;
    private final Path directory;

    NodeCommand(List<Integer> ports, Path directory) {
        this.ports = ports;
        this.directory = directory.toAbsolutePath().normalize();
    }

    URI url(long pid) {
        return URI.create("http://127.0.0.1:" + port(pid));
    }

    Path log(long pid) {
        return directory.resolve("node-" + pid + ".log");
    }

    List<String> line(long pid) {
        List<String> line = new ArrayList<>();
        line.add(java());
        line.addAll(LIGHT);
        line.addAll(application(Path.of(System.getProperty("java.class.path"))));
        line.add("--server.port=" + port(pid));
        line.add("--omnipaxos.pid=" + pid);
        for (long peer = 1; peer <= ports.size(); peer++) {
            if (peer != pid) {
                line.add("--omnipaxos.peers." + peer + "=" + url(peer));
            }
        }
        line.add("--omnipaxos.storage.directory=" + directory.resolve("node-" + pid));
        line.add("--sample.parent-process=" + ProcessHandle.current().pid());
        line.add("--spring.main.banner-mode=off");
        return List.copyOf(line);
    }

    private int port(long pid) {
        return ports.get(Math.toIntExact(pid - 1));
    }

    private static String java() {
        return ProcessHandle.current()
                .info()
                .command()
                .orElseGet(() ->
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /** From a jar as it is delivered, or from the classes that a build tool or an editor runs. */
    static List<String> application(Path classPath) {
        return Files.isRegularFile(classPath)
                ? List.of("-jar", classPath.toString())
                : List.of("-cp", classPath.toString(), SampleApplication.class.getName());
    }
}
