package io.omnipaxos.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.spring.autoconfigure.NodeOnHost;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.StandardEnvironment;

/** The unit for systemd, its variables and the script for updates fit each other and what a node accepts. */
class VirtualMachineTests {

    private static final Path DOCS = Path.of("..", "docs");
    private static final String NODE_IN_STEP = "{\"phase\":\"ACCEPT\",\"leader\":{\"pid\":1},\"withoutVote\":null}";
    private static final String IN_STEP = "echo '" + NODE_IN_STEP + "'";

    private static Map<String, String> service;
    private static Map<String, String> variables;

    @BeforeAll
    static void read() throws IOException {
        service = section("Service");
        variables = assignments(
                Files.readString(DOCS.resolve("omnipaxos-app.env")).lines().toList());
    }

    @Test
    void theNodeAcceptsItsVariables() {
        NodeOnHost node = node();

        assertThat(node.members()).containsOnlyKeys(1L, 2L, 3L).containsKey(node.pid());
        assertThat(node.members().values())
                .allSatisfy(url -> assertThat(url)
                        .endsWith(":" + node.properties().transport().port()));
        assertThat(node.properties().advertisedUrl()).contains("app-" + node.pid() + ".");
    }

    @Test
    void withoutASecretItDoesNotStart() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> NodeOnHost.bind(Variables.into(new StandardEnvironment(), variables), "machine"))
                .havingRootCause()
                .withMessageContaining("sharedSecret");
    }

    @Test
    void noVariableIsMisspelt() throws IOException {
        assertThat(Variables.unknown(variables.keySet())).isEmpty();
    }

    @Test
    void theUnitGivesItsVariablesToTheNode() {
        assertThat(service)
                .containsEntry("EnvironmentFile", "/etc/omnipaxos-app/app.env")
                .hasEntrySatisfying("ExecStart", command -> assertThat(command).contains(" $JAVA_OPTIONS "));
        assertThat(variables).containsKey("JAVA_OPTIONS");
    }

    @Test
    void whatANodePromisedIsInItsStateDirectory() {
        assertThat(service).containsEntry("ProtectSystem", "strict");
        assertThat(node().storageDirectory()).startsWithRaw(Path.of("/var/lib", service.get("StateDirectory")));
    }

    @Test
    void thereIsTimeToHandOverAndToEnd() {
        Duration phase = DurationStyle.detectAndParse(variables.get("SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE"));

        assertThat(node().handover()).isLessThanOrEqualTo(phase);
        assertThat(Duration.ofSeconds(Long.parseLong(service.get("TimeoutStopSec"))))
                .isGreaterThan(phase.multipliedBy(3));
    }

    @Test
    void anOrderlyEndIsNoFailureAndACrashIs() {
        assertThat(service)
                .containsEntry("KillSignal", "SIGTERM")
                .containsEntry("SuccessExitStatus", "143")
                .containsEntry("Restart", "on-failure");
    }

    @Test
    void theScriptAsksTheEndpointWhereItIs() throws IOException {
        assertThat(Files.readString(DOCS.resolve("rolling-update.sh")))
                .contains("http://" + variables.get("MANAGEMENT_SERVER_ADDRESS") + ":"
                        + variables.get("MANAGEMENT_SERVER_PORT") + "/actuator/omnipaxos");
        assertThat(variables.get("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE")).contains("omnipaxos");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theScriptUpdatesOneNodeAfterTheOther(@TempDir Path directory) throws Exception {
        Path log = machines(directory, IN_STEP);

        assertThat(update(directory, "3")).isZero();

        assertThat(Files.readAllLines(log))
                .containsExactly(
                        "ask one", "ask two", "copy one", "update one", "ask one", "copy two", "update two", "ask two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 7",
                "echo '{\"phase\":\"PREPARE\",\"leader\":{\"pid\":1},\"withoutVote\":null}'",
                "echo '{\"phase\":\"ACCEPT\",\"leader\":null,\"withoutVote\":null}'",
                "echo '{\"phase\":\"ACCEPT\",\"leader\":{\"pid\":1},\"withoutVote\":\"forgot\"}'"
            })
    @DisabledOnOs(OS.WINDOWS)
    void theScriptTouchesNothingWhileANodeIsOutOfStep(String answer, @TempDir Path directory) throws Exception {
        Path log = machines(directory, answer);

        assertThat(update(directory, "0")).isNotZero();

        assertThat(Files.readAllLines(log)).containsExactly("ask one", "ask two");
    }

    /** Commands of those names that write down what they were asked; the second machine answers as it is told. */
    private static Path machines(Path directory, String answerOfTwo) throws IOException {
        Path log = directory.resolve("log");
        command(directory.resolve("ssh"), """
                case "$2" in
                  curl*) echo "ask $1" >> log
                    if [ "$1" = two ]; then
                      %s
                    else
                      %s
                    fi ;;
                  *) echo "update $1" >> log ;;
                esac
                """.formatted(answerOfTwo, IN_STEP));
        command(directory.resolve("scp"), "echo \"copy ${3%%:*}\" >> log\n");
        if (!isThere("jq")) {
            command(directory.resolve("jq"), "[ \"$(cat)\" = '" + NODE_IN_STEP + "' ]\n");
        }
        return log;
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    private static void command(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static int update(Path directory, String seconds) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "sh", DOCS.resolve("rolling-update.sh").toAbsolutePath().toString(), "app.jar", "one", "two");
        builder.directory(directory.toFile());
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().put("SECONDS_TO_WAIT", seconds);
        builder.environment().put("SECONDS_BETWEEN", "0");
        builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as(Files.readString(directory.resolve("out"), StandardCharsets.UTF_8))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static NodeOnHost node() {
        Map<String, String> complete = new HashMap<>(variables);
        complete.put("OMNIPAXOS_TRANSPORT_SHAREDSECRET", "a long random text");
        return NodeOnHost.bind(Variables.into(new StandardEnvironment(), complete), "machine");
    }

    private static Map<String, String> section(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(DOCS.resolve("omnipaxos-app.service"))) {
            if (line.startsWith("[")) {
                inside = line.equals("[" + name + "]");
            } else if (inside) {
                lines.add(line);
            }
        }
        return assignments(lines);
    }

    private static Map<String, String> assignments(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }
}
