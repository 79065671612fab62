package io.omnipaxos.spring.simulation;

import io.omnipaxos.simulation.Scenario;
import org.junit.jupiter.api.Test;

/**
 * Clusters of Spring applications with faults and work drawn from seeds: callbacks, events and leader-only work keep to
 * their rules. More with {@code -Dseeds=…}, others with {@code -Dfrom=…}, one alone with {@code -Dseed=…}.
 */
@Quiet
class SpringScenariosTests {

    /** What every build runs. */
    private static final long SEEDS = 100;

    @Test
    void noSeedBreaksTheRules() {
        Long seed = Long.getLong("seed");
        long from = seed == null ? Long.getLong("from", 0) : seed;
        long count = seed == null ? Long.getLong("seeds", SEEDS) : 1;
        long start = System.nanoTime();
        SpringCluster.Counts all = new SpringCluster.Counts();
        for (long next = from; next < from + count; next++) {
            all.add(run(next));
        }
        System.out.printf("spring scenarios: %d seeds, %s; %.0f s%n", count, all, (System.nanoTime() - start) / 1e9);
    }

    private static SpringCluster.Counts run(long seed) {
        try {
            return new SpringCluster(Scenario.random(seed)).run();
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(
                    "seed " + seed + ": " + broken.getMessage()
                            + "\nrun it again with: ./mvnw -pl omnipaxos-autoconfigure -am test"
                            + " -Dtest=SpringScenariosTests -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed,
                    broken);
        }
    }
}
