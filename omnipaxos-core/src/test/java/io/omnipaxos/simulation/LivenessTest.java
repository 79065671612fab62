package io.omnipaxos.simulation;

import static io.omnipaxos.simulation.Clusters.inTimeouts;
import static io.omnipaxos.simulation.Clusters.put;
import static io.omnipaxos.simulation.Clusters.runUntilLeader;
import static io.omnipaxos.simulation.Clusters.timeouts;

import io.omnipaxos.cluster.Quorums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How soon after a fault a leader may act and something is decided again, how steady that leadership is, and how soon all
 * is well once the fault is healed. {@code -Dseeds=1000} runs that many seeds of each case and prints the table of
 * docs/verification.md; {@code -Dseed=7} runs one.
 */
@QuietNodes
class LivenessTest {

    private static final boolean IS_MEASURED = Long.getLong("seeds") != null;
    private static final long SEEDS = Long.getLong("seeds", 4);
    private static final long FIRST = Long.getLong("seed", 0);
    private static final long END = Long.getLong("seed") == null ? FIRST + SEEDS : FIRST + 1;

    /** Continuous work: so often whoever may act as leader is asked to append. */
    private static final Duration PAUSE = timeouts(0.01);
    /** The leadership that a fault brings must last so long. */
    private static final Duration STEADY = timeouts(50);
    /** So long in most of many seeds, and always once the fault is healed. */
    private static final Duration STEADY_BRIEFLY = timeouts(2);

    /** Of many seeds, so few last so long as {@link #STEADY}. */
    private static final int STEADY_SHARE = SEEDS > 20 ? 10 : 1;

    /** Nobody can lead, which is seen if nobody does for so long. */
    private static final Duration LEADERLESS = timeouts(10);

    private static final double DRIFT = SimulationSettings.CONFIGURED_DRIFT;

    /** What a fault costs at most. */
    private enum Cost {
        /** The leader goes on, and its answer to «may I act» is never no. */
        NOTHING(0),
        /** Nobody else is asked: with its first tick the node leads. */
        RESTART(0.1),
        /** Who notices that the leader is gone asks for one more round. */
        CRASH(3),
        /** One more round, until everybody knows who can lead. */
        ELECTION(4),
        /**
         * As before, but two that do not hear each other may stand within a round trip. The lower ballot leads until its
         * followers hear of the higher one.
         */
        RIVALS(4),
        /** Nobody reaches a quorum, so nobody leads before the fault is healed. */
        LEADERLESS(4);

        private final double timeouts;

        Cost(double timeouts) {
            this.timeouts = timeouts;
        }
    }

    /**
     * A line of the table.
     *
     * @param latency mean one-way delay in election timeouts
     */
    private record Case(Outage outage, Quorums quorums, double latency, Cost cost) {

        Duration roundTrip() {
            return timeouts(2 * latency * 1.1);
        }

        /** With clocks as slow as they may be, and so many round trips and two syncs more. */
        Duration bound(int roundTrips) {
            Duration election = timeouts(cost.timeouts / (1 - DRIFT));
            return election.plus(roundTrip().multipliedBy(roundTrips)).plus(Duration.ofMillis(1));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s | %d | %d/%d | %.0f %%",
                    outage.label(),
                    quorums.nodes(),
                    quorums.read(),
                    quorums.write(),
                    latency * 100);
        }
    }

    /** Of one seed, in election timeouts: from the fault, and from its end. */
    private record Measured(double leader, double decided, double leaderHealed, double decidedHealed) {}

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (double latency : new double[] {0.01, 0.1}) {
            majorities(latency, cases);
            flexible(latency, cases);
        }
        return cases.stream();
    }

    private static void majorities(double latency, List<Case> cases) {
        add(cases, latency, Outage.CRASH, Cost.CRASH, 3, 5, 7, 9);
        add(cases, latency, Outage.CRASH, Cost.LEADERLESS, 1, 2);
        add(cases, latency, Outage.RESTART, Cost.RESTART, 1);
        add(cases, latency, Outage.RESTART, Cost.ELECTION, 2, 3, 5);
        add(cases, latency, Outage.ISOLATED, Cost.CRASH, 3, 5, 9);
        add(cases, latency, Outage.ISOLATED, Cost.LEADERLESS, 2);
        add(cases, latency, Outage.QUORUM_LOSS, Cost.ELECTION, 5, 7, 9);
        add(cases, latency, Outage.CONSTRAINED, Cost.ELECTION, 5, 7, 9);
        add(cases, latency, Outage.CHAINED, Cost.NOTHING, 3, 5);
        add(cases, latency, Outage.STAR, Cost.NOTHING, 3, 5, 9);
        add(cases, latency, Outage.LINE_FROM_MIDDLE, Cost.NOTHING, 3, 5);
        add(cases, latency, Outage.LINE_FROM_END, Cost.NOTHING, 3);
        add(cases, latency, Outage.LINE_FROM_END, Cost.RIVALS, 5);
        add(cases, latency, Outage.LINE_FROM_END, Cost.LEADERLESS, 7);
        add(cases, latency, Outage.DEAF_TO_ONE, Cost.NOTHING, 3, 5, 9);
        add(cases, latency, Outage.DEAF_TO_ONE, Cost.LEADERLESS, 2);
        add(cases, latency, Outage.DEAF_TO_MOST, Cost.ELECTION, 3, 5, 9);
        add(cases, latency, Outage.UNHEARD_BY_ONE, Cost.NOTHING, 3, 5, 9);
        add(cases, latency, Outage.UNHEARD_BY_ONE, Cost.LEADERLESS, 2);
        add(cases, latency, Outage.UNHEARD_BY_MOST, Cost.ELECTION, 3, 5, 9);
        add(cases, latency, Outage.UNHEARD_BY_ALL, Cost.CRASH, 3, 5, 9);
        add(cases, latency, Outage.ONE_WAY, Cost.NOTHING, 3, 5, 9);
        add(cases, latency, Outage.FLAPPING, Cost.NOTHING, 3, 5, 9);
    }

    private static void add(List<Case> cases, double latency, Outage outage, Cost cost, int... sizes) {
        for (int size : sizes) {
            cases.add(new Case(outage, Quorums.majority(size), latency, cost));
        }
    }

    private static void flexible(double latency, List<Case> cases) {
        Quorums five = new Quorums(5, 4, 2);
        Quorums seven = new Quorums(7, 5, 3);
        Quorums nine = new Quorums(9, 6, 4);
        for (Quorums quorums : List.of(five, seven, nine)) {
            cases.add(new Case(Outage.CRASH, quorums, latency, Cost.CRASH));
            cases.add(new Case(Outage.CONSTRAINED, quorums, latency, Cost.ELECTION));
            cases.add(new Case(Outage.DEAF_TO_MOST, quorums, latency, Cost.ELECTION));
            cases.add(new Case(Outage.UNHEARD_BY_MOST, quorums, latency, Cost.ELECTION));
            cases.add(new Case(Outage.STAR, quorums, latency, Cost.NOTHING));
        }
        cases.add(new Case(Outage.QUORUM_LOSS, five, latency, Cost.NOTHING));
        cases.add(new Case(Outage.QUORUM_LOSS, seven, latency, Cost.ELECTION));
        cases.add(new Case(Outage.QUORUM_LOSS, nine, latency, Cost.ELECTION));
        cases.add(new Case(Outage.LINE_FROM_MIDDLE, seven, latency, Cost.NOTHING));
        cases.add(new Case(Outage.LINE_FROM_END, five, latency, Cost.NOTHING));
        cases.add(new Case(Outage.LINE_FROM_END, seven, latency, Cost.LEADERLESS));
    }

    @BeforeAll
    static void printHead() {
        if (IS_MEASURED) {
            System.out.println("| fault | nodes | quorums | latency | leader: min | median | p99 | max"
                    + " | decided: min | median | p99 | max | healed: leader, max | decided, max |");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFaultCostsNoMoreThanItMust(Case row) {
        List<Measured> all = new ArrayList<>();
        for (long seed = FIRST; seed < END; seed++) {
            try {
                all.add(new Run(row, seed).measure());
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed + " of " + row + ": " + failure.getMessage(), failure);
            }
        }
        if (IS_MEASURED) {
            System.out.println(line(row, all));
        }
    }

    private static String line(Case row, List<Measured> all) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.2f | %.2f |",
                row,
                spread(all.stream().map(Measured::leader)),
                spread(all.stream().map(Measured::decided)),
                all.stream().mapToDouble(Measured::leaderHealed).max().orElse(0),
                all.stream().mapToDouble(Measured::decidedHealed).max().orElse(0));
    }

    private static String spread(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        int last = sorted.size() - 1;
        return String.format(
                Locale.ROOT,
                "%.2f | %.2f | %.2f | %.2f",
                sorted.get(0),
                sorted.get(sorted.size() / 2),
                sorted.get((int) (last * 0.99)),
                sorted.get(last));
    }

    /** One cluster, hit and healed. */
    private static final class Run {

        private final Case row;
        private final SplittableRandom random;
        private final Simulation simulation;
        private final boolean isLong;

        Run(Case row, long seed) {
            this.row = row;
            this.isLong = seed % STEADY_SHARE == 0;
            this.random = new SplittableRandom(seed);
            long latency = timeouts(row.latency()).toNanos();
            this.simulation =
                    new Simulation(SimulationSettings.of(seed, row.quorums().nodes())
                            .withQuorums(row.quorums())
                            .withLink(LinkConditions.latency(latency).inOrder()));
        }

        Measured measure() {
            simulation.startAll();
            SimulatedNode leader = runUntilLeader(simulation, 6);
            simulation.run(timeouts(3 + random.nextDouble()));
            List<Long> followers = Outage.shuffled(
                    Clusters.others(simulation, leader).stream()
                            .map(SimulatedNode::pid)
                            .toList(),
                    random);
            row.outage().prepare(simulation, leader.pid(), followers);
            work(timeouts(0.1), () -> false);
            long before = simulation.leaderships();
            row.outage().strike(simulation, leader.pid(), followers);
            double toLead = 0;
            double toDecide = 0;
            if (row.cost() == Cost.LEADERLESS) {
                simulation.run(LEADERLESS);
                check(simulation.leaders().isEmpty() && simulation.leaderships() == before, "somebody leads");
            } else if (row.cost() == Cost.NOTHING) {
                toDecide = firstDecided(row.bound(3));
                steady(leader);
            } else {
                long last = simulation.clients().operations();
                Duration start = simulation.now();
                toLead = elapsed(
                        () -> simulation.leaderships() > before
                                && simulation.leaders().size() == 1,
                        row.bound(3));
                Duration left = row.bound(4).minus(simulation.now().minus(start));
                toDecide = toLead + elapsed(() -> simulation.invariants().newestDecided() > last, left);
                if (row.cost() == Cost.RIVALS) {
                    settle();
                }
                steady(simulation.leaders().get(0));
            }
            return healed(toLead, toDecide);
        }

        /** One change more at most. */
        private void settle() {
            long before = simulation.leaderships();
            simulation.run(row.bound(4));
            check(simulation.leaderships() <= before + 1, "more than two rivals");
            check(simulation.leaders().size() == 1, "nobody leads");
        }

        private Measured healed(double toLead, double toDecide) {
            boolean isLed = simulation.leaders().size() == 1;
            long before = simulation.leaderships();
            Outage.heal(simulation);
            double toLeadHealed = elapsed(() -> simulation.leaders().size() == 1, row.bound(3));
            double toDecideHealed = toLeadHealed + firstDecided(row.bound(4));
            simulation.runWhile(simulation.leaders().get(0)::isLeader, STEADY_BRIEFLY);
            check(!isLed || simulation.leaderships() == before, "the end of the fault made another leader");
            check(simulation.allHaveEverything(), "not everybody has everything");
            simulation.checkNodes();
            return new Measured(toLead, toDecide, toLeadHealed, toDecideHealed);
        }

        private double firstDecided(Duration atMost) {
            long last = simulation.clients().operations();
            return elapsed(() -> simulation.invariants().newestDecided() > last, atMost);
        }

        private double elapsed(BooleanSupplier condition, Duration atMost) {
            Duration start = simulation.now();
            boolean done = work(atMost, condition);
            double took = inTimeouts(simulation.now().minus(start));
            check(done, String.format(Locale.ROOT, "not within %.2f election timeouts", inTimeouts(atMost)));
            return took;
        }

        /** Lets clients append continuously, until the condition holds. */
        private boolean work(Duration atMost, BooleanSupplier until) {
            Duration end = simulation.now().plus(atMost);
            boolean done = until.getAsBoolean();
            while (!done && simulation.now().compareTo(end) < 0) {
                put(simulation, 1);
                Duration left = end.minus(simulation.now());
                done = simulation.runFor(left.compareTo(PAUSE) < 0 ? left : PAUSE, until);
            }
            return done;
        }

        private void steady(SimulatedNode leader) {
            simulation.runWhile(leader::isLeader, isLong ? STEADY : STEADY_BRIEFLY);
        }

        private void check(boolean holds, String otherwise) {
            if (!holds) {
                throw new AssertionError(otherwise + simulation.describe());
            }
        }
    }
}
