package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What nodes say to each other in some typical cases, line by line: see the files. With {@code -Dtranscripts=rewrite} what
 * they say now is written into the files; read the difference before you commit it.
 */
@QuietNodes
class TranscriptTest {

    private static final Path FILES = Path.of("src", "test", "resources", "transcripts");
    private static final Pattern SHOWN = Pattern.compile("(?m)^# shown from (\\d+) ms until (\\d+) ms$");
    /** Between the plan and the conversation. */
    private static final String RULER = "\n---\n";

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void theConversationIsTheExpectedOne(Path file) throws IOException {
        String text = Files.readString(file).replace("\r\n", "\n");
        String plan = text.split(RULER, 2)[0];

        String actual = plan.stripTrailing() + RULER + conversation(plan);

        if ("rewrite".equals(System.getProperty("transcripts"))) {
            Files.writeString(file, actual);
        } else {
            assertThat(actual)
                    .as(
                            "%s; if the change is meant, rewrite it and read the difference: ./mvnw -pl omnipaxos-core test"
                                    + " -Dtest=TranscriptTest -Dtranscripts=rewrite",
                            file.getFileName())
                    .isEqualTo(text);
        }
    }

    private static String conversation(String plan) {
        Scenario scenario = Scenario.parse(plan);
        Matcher shown = SHOWN.matcher(plan);
        assertThat(shown.find()).as("the plan says what is shown").isTrue();
        Duration from = Duration.ofMillis(Long.parseLong(shown.group(1)));
        Duration until = Duration.ofMillis(Long.parseLong(shown.group(2)));
        List<String> lines = new ArrayList<>();

        Simulation simulation = new Simulation(scenario.settings());
        // What is said from the beginning is known already where the conversation begins.
        simulation.transcribe(line -> {}, Background.values());
        simulation.startAll().schedule(scenario.plan());
        simulation.run(from);
        simulation.transcribe(lines::add, Background.values());
        simulation.run(until.minus(from));
        simulation.checkNodes();
        return String.join("\n", lines) + "\n";
    }

    @Test
    void nothingIsLeftOutUnasked() {
        List<String> lines = new ArrayList<>();
        Simulation simulation = new Simulation(SimulationSettings.of(1, 3));

        simulation.transcribe(lines::add);
        simulation.startAll().run(Duration.ofSeconds(3));

        assertThat(lines)
                .noneMatch(line -> line.contains("left out"))
                .anyMatch(line -> line.contains("heartbeat? round 5"))
                .anyMatch(line -> line.contains("lease heartbeat 1.1@3 round 20"));
    }

    @Test
    void whoIsReadAboutDoesTheSame() {
        List<String> lines = new ArrayList<>();
        Simulation read = new Simulation(SimulationSettings.of(1, 3));
        read.transcribe(lines::add);

        assertThat(busy(read)).isEqualTo(busy(new Simulation(SimulationSettings.of(1, 3))));
        assertThat(lines).isNotEmpty();
    }

    private static String busy(Simulation simulation) {
        simulation
                .startAll()
                .schedule(List.of(
                        Action.at(1500, ActionKind.PUT, 1, 20),
                        Action.at(1600, ActionKind.CRASH, 3),
                        Action.at(1700, ActionKind.READ, 1),
                        Action.at(1800, ActionKind.START, 3)));
        simulation.run(Duration.ofSeconds(5));
        return simulation.report().messages() + " messages" + simulation.describe();
    }
}
