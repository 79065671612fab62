package io.omnipaxos.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing scenario short: leaves out ever smaller parts of the plan as long as it still fails (Zeller and
 * Hildebrandt, «Simplifying and Isolating Failure-Inducing Input», 2002), then whatever of the settings is not needed.
 */
final class Shrinker {

    private final Predicate<Scenario> fails;
    private int runsLeft;

    private Shrinker(Predicate<Scenario> fails, int mostRuns) {
        this.fails = fails;
        this.runsLeft = mostRuns;
    }

    /**
     * A scenario that fails as well.
     *
     * @param failing fails
     * @param fails whether a scenario fails
     * @param mostRuns how often that may be asked
     */
    static Scenario shrink(Scenario failing, Predicate<Scenario> fails, int mostRuns) {
        Shrinker shrinker = new Shrinker(fails, mostRuns);
        Scenario shrunk = shrinker.shortenPlan(failing);
        shrunk = shrinker.simplifySettings(shrunk);
        return shrinker.shortenPlan(shrunk);
    }

    private Scenario shortenPlan(Scenario failing) {
        Scenario shortest = failing;
        for (int part = Math.max(1, failing.plan().size() / 2); part >= 1; part /= 2) {
            int from = 0;
            while (from < shortest.plan().size()) {
                Scenario shorter = without(shortest, from, part);
                if (stillFails(shorter)) {
                    shortest = shorter;
                } else {
                    from += part;
                }
            }
        }
        return shortest;
    }

    private static Scenario without(Scenario scenario, int from, int count) {
        List<Action> plan = new ArrayList<>(scenario.plan());
        plan.subList(from, Math.min(plan.size(), from + count)).clear();
        return new Scenario(scenario.settings(), plan);
    }

    private Scenario simplifySettings(Scenario failing) {
        SimulationSettings settings = failing.settings();
        SimulationSettings healthy = SimulationSettings.of(settings.seed(), settings.nodes());
        Scenario simplest = failing;
        for (SimulationSettings simpler : List.of(
                healthy.withSpares(settings.spares()).withQuorums(settings.quorums()),
                settings.withLink(healthy.link()),
                settings.withLink(settings.link().healed()),
                settings.withDisks(healthy.disks()))) {
            Scenario candidate = new Scenario(simpler, failing.plan());
            if (simplest.equals(failing) && stillFails(candidate)) {
                simplest = candidate;
            }
        }
        return simplest;
    }

    private boolean stillFails(Scenario scenario) {
        return runsLeft-- > 0 && fails.test(scenario);
    }
}
