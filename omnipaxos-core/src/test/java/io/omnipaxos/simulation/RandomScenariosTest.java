package io.omnipaxos.simulation;

import org.junit.jupiter.api.Test;

/**
 * Clusters, faults and work drawn from seeds: nothing that must always hold is broken, and each recovers. More with {@code
 * -Dseeds=…}, others with {@code -Dfrom=…}, one alone with {@code -Dseed=…}.
 */
@QuietNodes
class RandomScenariosTest {

    /** What every build runs. */
    static final long SEEDS = 20_000;

    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @Test
    void noSeedBreaksItAndEachRecovers() {
        Long seed = Long.getLong("seed");
        if (seed != null) {
            Simulator.explain(Scenario.random(seed));
        }
        long count = seed == null ? Long.getLong("seeds", SEEDS) : 1;
        long start = System.nanoTime();
        try {
            Report report = Simulator.run(seed == null ? Long.getLong("from", 0) : seed, count, THREADS);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("random scenarios: %s; %.0f s, %.0f seeds/s%n", report, seconds, count / seconds);
        } catch (Violation broken) {
            String found = broken.getMessage();
            throw new AssertionError(
                    found + "\nrun it again with: ./mvnw -pl omnipaxos-core test -Dtest=RandomScenariosTest -Dseed="
                            + found.replaceAll("(?s)seed (-?\\d+).*", "$1"),
                    broken);
        }
    }
}
