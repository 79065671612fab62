package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Inputs stepped in random groups, messages in any order, crashes between a step and its sync, elections that elect
 * without leave, reads, planned changes of leader and reconnections: what is decided, leases, tokens, reads and the size
 * of messages are checked throughout. Any seed can be run again with {@code -Dseed=…}.
 */
class RandomBatchesTest {

    private static final long SEEDS = Long.getLong("seeds", 200);

    @Test
    void noSeedBreaksItAndEachRecovers() {
        Long only = Long.getLong("seed");
        long from = only == null ? Long.getLong("from", 0) : only;
        long to = only == null ? from + SEEDS : only + 1;
        long decided = 0;
        long leaderships = 0;
        long reads = 0;
        for (long seed = from; seed < to; seed++) {
            try {
                BatchCluster cluster = new BatchCluster(seed);
                cluster.run();
                decided += cluster.checker.decided().size();
                leaderships += cluster.checker.leaderships();
                reads += cluster.reads;
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("replay with -Dtest=RandomBatchesTest -Dseed=" + seed, failure);
            }
        }
        System.out.printf(
                "random batches: %d seeds, %d leaderships, %d entries decided, %d reads%n",
                to - from, leaderships, decided, reads);
        assertThat(decided).isPositive();
    }
}
