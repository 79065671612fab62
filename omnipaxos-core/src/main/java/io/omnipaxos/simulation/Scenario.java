package io.omnipaxos.simulation;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A run that can be repeated: a cluster, and what is done to it. At the end everything is healed, and the cluster must
 * recover: one leader, every node with everything that was decided, and new commands decided.
 *
 * @param settings of the cluster
 * @param plan what is done to it, in any order
 */
public record Scenario(SimulationSettings settings, List<Action> plan) {

    private static final Duration TIMEOUT = SimulationSettings.ELECTION_TIMEOUT;
    /** Two restarts of an election that was disturbed by what still was on its way, with restart waits. */
    private static final Duration TO_LEAD = TIMEOUT.multipliedBy(14);

    /** A leader bears a follower that has promised a higher ballot for four timeouts before it stands above that. */
    private static final Duration TO_AGREE = TIMEOUT.multipliedBy(10);
    /** Looking at every node after every step would take longer than the steps. */
    private static final Duration GLANCE = TIMEOUT.dividedBy(5);

    private static final int SHRINKING_RUNS = 1000;

    public Scenario {
        plan = List.copyOf(plan);
    }

    /** The scenario of a seed: cluster, faults and work drawn from it, always the same. */
    public static Scenario random(long seed) {
        return RandomScenario.of(seed);
    }

    /**
     * Reads what {@link #toString} writes: lines such as «nodes 5» for the settings, all of which may be left out, and
     * then lines such as «1200 crash 3».
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong
     */
    public static Scenario parse(String text) {
        return ScenarioText.parse(text);
    }

    /** A shorter scenario that fails as well, if this one fails. Takes some hundred runs. */
    public Scenario shrunk() {
        return Shrinker.shrink(this, scenario -> scenario.violation() != null, SHRINKING_RUNS);
    }

    /** What is broken when this is run, null if nothing is. */
    @Nullable
    Violation violation() {
        try {
            Report unused = run();
            return null;
        } catch (Violation broken) {
            return broken;
        } catch (RuntimeException thrown) {
            return new Violation(thrown.toString(), thrown);
        }
    }

    /**
     * Runs it.
     *
     * @return what was counted
     * @throws Violation if something happened that must not
     */
    public Report run() {
        Simulation simulation = new Simulation(settings).startAll();
        simulation.schedule(plan);
        long end = plan.stream().mapToLong(Action::atMillis).max().orElse(0);
        simulation.run(Duration.ofMillis(end).plus(GLANCE));
        simulation.checkNodes();
        boolean star = !plan.isEmpty() && plan.get(plan.size() - 1).kind() == ActionKind.RECOVER_AROUND;
        if (star && simulation.allMembersVote()) {
            await(simulation, () -> simulation.leaders().size() == 1, TO_LEAD, "nobody leads in a star");
        }
        recover(simulation);
        simulation.invariants().checkLinearizable(simulation.clients().history());
        return simulation
                .report()
                .withFaults(
                        plan.stream().filter(action -> action.kind().isFault()).count());
    }

    private static void recover(Simulation simulation) {
        simulation.recover();
        await(simulation, () -> simulation.leaders().size() == 1, TO_LEAD, "nobody leads");
        long decided = simulation.decidedIndex();
        await(
                simulation,
                () -> decidesMoreThan(decided, simulation) && simulation.allHaveEverything(),
                TO_AGREE,
                "not every node has everything");
        simulation.checkNodes();
    }

    /** A leader that is giving leadership up refuses, so it is tried again. */
    private static boolean decidesMoreThan(long decided, Simulation simulation) {
        boolean more = simulation.decidedIndex() > decided;
        if (!more) {
            simulation.leaders().forEach(simulation.clients()::put);
        }
        return more;
    }

    private static void await(Simulation simulation, BooleanSupplier condition, Duration atMost, String otherwise) {
        Duration deadline = simulation.now().plus(atMost);
        while (!condition.getAsBoolean()) {
            if (simulation.now().compareTo(deadline) > 0) {
                throw new Violation(
                        otherwise + " " + atMost.toMillis() + " ms after all was healed:" + simulation.describe());
            }
            simulation.run(GLANCE);
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return ScenarioText.of(this);
    }
}
