package io.omnipaxos.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs the concurrency tests of this module, which are the classes beside it whose names end in «Stress», in a JVM of
 * their own. Each races two threads over and over and says which outcomes may be seen; any other one fails.
 */
class StressTests {

    private static final Path REPORTS = Path.of("target", "jcstress").toAbsolutePath();

    @Test
    void noRaceHasAnOutcomeThatIsForbidden() throws IOException, InterruptedException {
        assumeThat(Runtime.getRuntime().availableProcessors())
                .as("two threads race only on two processors")
                .isGreaterThan(1);
        Files.createDirectories(REPORTS);
        Path log = REPORTS.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                // Small heaps and threads that may move: most of the time goes into starting a JVM for each test.
                "-hs",
                "64",
                "-pth",
                "false",
                "-af",
                "NONE",
                "-r",
                REPORTS.toString(),
                "-jvmArgsPrepend",
                "-Dlogback.configurationFile="
                        + Path.of("src", "stress", "logback.xml").toAbsolutePath()));
        command.addAll(List.of(System.getProperty("stress.options").split(" ")));

        int exit = new ProcessBuilder(command)
                .directory(REPORTS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();

        String told = Files.readString(log);
        String results = told.substring(Math.max(0, told.indexOf("RUN RESULTS:")));
        assertThat(exit).as("exit status; %s: %s", log, results).isZero();
        assertThat(told)
                .containsPattern("Results: ([1-9][0-9]*) planned; \\1 passed, 0 failed, 0 soft errs, 0 hard errs");
    }
}
