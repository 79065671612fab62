package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each deliberate defect is found within the seeds that every build runs: what is not found would be a check that is
 * missing. Some of them with {@code -Dmutation=} and a regular expression.
 */
@QuietNodes
class MutationTest {

    private static final long SEEDS = Long.getLong("seeds", RandomScenariosTest.SEEDS);
    private static final int PORTION = 100;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @ParameterizedTest
    @EnumSource
    void isFound(Mutation mutation, @TempDir Path directory) {
        assumeTrue(mutation.name().matches(System.getProperty("mutation", ".*")));
        Mutant mutant = Mutant.of(mutation, directory);
        String found = null;
        long seeds = 0;
        while (found == null && seeds < SEEDS) {
            found = mutant.find(seeds, PORTION, THREADS);
            seeds += PORTION;
        }
        System.out.printf("%-50s %s%n", mutation, found == null ? "not found" : firstLine(found));
        assertThat(found).as("%s, within %d seeds", mutation, SEEDS).isNotNull();
    }

    private static String firstLine(@Nullable String text) {
        return String.valueOf(text).lines().findFirst().orElse("");
    }
}
