package io.omnipaxos.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs random scenarios, many of them. */
public final class Simulator {

    private static final double NANOS_PER_SECOND = 1e9;

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

    private static Report run(long seed) {
        try {
            return Scenario.random(seed).run();
        } catch (Violation broken) {
            throw new Violation("seed " + seed + ": " + broken.getMessage(), broken);
        } catch (RuntimeException thrown) {
            throw new Violation("seed " + seed + ": " + thrown, thrown);
        }
    }

    /**
     * With one argument: runs the scenario in that file, or of that seed, prints it, and makes it short if it fails. With
     * two or three: the first seed, how many, and on how many threads; all processors unless given.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 1) {
            explain(read(arguments[0]));
        } else if (arguments.length == 2 || arguments.length == 3) {
            long count = Long.parseLong(arguments[1]);
            int threads = arguments.length == 3
                    ? Integer.parseInt(arguments[2])
                    : Runtime.getRuntime().availableProcessors();
            long start = System.nanoTime();
            Report report = run(Long.parseLong(arguments[0]), count, threads);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            System.out.printf("%s%n%.1f s, %.0f seeds/s%n", report, seconds, count / seconds);
        } else {
            System.err.println("arguments: a file or a seed; or the first seed, how many, and how many threads");
            System.exit(2);
        }
    }

    private static Scenario read(String seedOrFile) throws IOException {
        return seedOrFile.matches("-?\\d+")
                ? Scenario.random(Long.parseLong(seedOrFile))
                : Scenario.parse(Files.readString(Path.of(seedOrFile)));
    }

    /** Runs a scenario, prints it and what came of it, and, if it fails, how it fails with as little as possible. */
    static void explain(Scenario scenario) {
        System.out.print(scenario);
        Violation broken = scenario.violation();
        if (broken == null) {
            System.out.println("# nothing is broken: " + scenario.run());
            return;
        }
        System.out.println("# " + broken.getMessage());
        Scenario shrunk = scenario.shrunk();
        Violation still = shrunk.violation();
        System.out.println("\n# the same with less:");
        System.out.print(shrunk);
        System.out.println("# " + (still == null ? broken : still).getMessage());
    }
}
