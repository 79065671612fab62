package io.omnipaxos.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs random scenarios, many of them. */
public final class Simulator {

    private Simulator() {}

    /**
     * Runs the scenarios of consecutive seeds, on several threads.
     *
     * @param from the first seed
     * @param count how many
     * @param threads at least 1
     * @return what was counted in all of them
     * @throws Violation for the first seed found that breaks something; the message names it
     */
    public static Report run(long from, long count, int threads) {
        AtomicLong next = new AtomicLong(from);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Report>> shares = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                shares.add(pool.submit(() -> share(next, from + count)));
            }
            Report total = Report.NONE;
            for (Future<Report> share : shares) {
                total = total.plus(share.get());
            }
            return total;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Violation violation) {
                throw violation;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } finally {
            pool.shutdownNow();
        }
    }

    private static Report share(AtomicLong next, long end) {
        Report total = Report.NONE;
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            total = total.plus(run(seed));
        }
        return total;
    }

    /** Runs the scenario of one seed. */
    public static Report run(long seed) {
        try {
            return RandomScenario.of(seed).run();
        } catch (Violation broken) {
            throw new Violation("seed " + seed + ": " + broken.getMessage(), broken);
        } catch (RuntimeException thrown) {
            throw new Violation("seed " + seed + ": " + thrown, thrown);
        }
    }

    /** Arguments: the first seed, how many, and how many threads. */
    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        long start = System.nanoTime();
        Report report = run(from, count, threads);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s%n%.1f s, %.0f seeds/s%n", report, seconds, count / seconds);
    }
}
