package io.omnipaxos.spring.simulation;

import io.omnipaxos.node.Elections;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.simulation.Action;
import io.omnipaxos.simulation.ActionKind;
import io.omnipaxos.simulation.Scenario;
import io.omnipaxos.simulation.SimulatedNode;
import io.omnipaxos.simulation.SimulatedProcess;
import io.omnipaxos.simulation.Simulation;
import io.omnipaxos.simulation.SimulationSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A simulated cluster of Spring applications, and what must hold between them. */
final class SpringCluster {

    /** Longer than a step of a node's loop with a usual disk. */
    static final Duration SLACK = Duration.ofMillis(100);

    private static final Duration LONGEST_HANDOVER = Duration.ofSeconds(3);
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(3);
    private static final Set<ActionKind> DISTURBS_TIMERS =
            EnumSet.of(ActionKind.PAUSE, ActionKind.SUSPEND, ActionKind.SLOW_DISK);
    private static final Set<ActionKind> STOPS_A_PROCESS = EnumSet.of(ActionKind.PAUSE, ActionKind.SUSPEND);

    private final Simulation simulation;
    private final SplittableRandom random;
    private final List<Action> plan;
    private final boolean calm;
    private final Map<Long, Application> present = new HashMap<>();
    private final List<Application> applications = new ArrayList<>();
    private final List<Work> works = new ArrayList<>();
    private final Map<Long, Application> electedWith = new HashMap<>();
    private final Counts counts = new Counts();
    private long newestToken;
    private boolean blocking;
    private @Nullable String breach;

    /** What came to be checked. */
    static final class Counts {
        long probes;
        long works;
        long elections;
        long interruptions;
        long overlaps;
        long processes;

        void add(Counts other) {
            probes += other.probes;
            works += other.works;
            elections += other.elections;
            interruptions += other.interruptions;
            overlaps += other.overlaps;
            processes += other.processes;
        }

        @Override
        public String toString() {
            return processes + " processes, " + elections + " told elections, " + works + " works, " + interruptions
                    + " interruptions, " + overlaps + " allowed overlaps, " + probes + " probes";
        }
    }

    SpringCluster(Scenario scenario) {
        this(scenario, null);
    }

    /** @param drainTimeout of all nodes, null if it is to be drawn */
    SpringCluster(Scenario scenario, @Nullable Duration drainTimeout) {
        SimulationSettings settings = scenario.settings();
        plan = scenario.plan();
        calm = settings.syncNanos() < SLACK.toNanos() / 4
                && plan.stream().noneMatch(action -> DISTURBS_TIMERS.contains(action.kind()));
        random = new SplittableRandom(settings.seed() * 31 + 7);
        // Usually much longer than a lease.
        Duration drain = drainTimeout == null ? logarithmic(5, LONGEST_HANDOVER.toMillis()) : drainTimeout;
        Duration revoke = logarithmic(5, LONGEST_HANDOVER.toMillis());
        simulation = new Simulation(with(drain, settings), Elections.BALLOT, this::started, node -> with(revoke, node));
        simulation.schedule(plan);
    }

    private static SimulationSettings with(Duration drainTimeout, SimulationSettings drawn) {
        return new SimulationSettings(
                drawn.seed(),
                drawn.nodes(),
                drawn.spares(),
                drawn.quorums(),
                drawn.link(),
                drawn.syncNanos(),
                drawn.disks(),
                drawn.clockDrift(),
                drainTimeout.toNanos(),
                drawn.messageBytes(),
                drawn.snapshotEntries());
    }

    private static NodeSettings with(Duration revokeTimeout, NodeSettings node) {
        return node.toBuilder().revokeTimeout(revokeTimeout).build();
    }

    private Application started(SimulatedProcess process) {
        Application application = new Application(process, this);
        present.put(process.pid(), application);
        applications.add(application);
        counts.processes++;
        return application;
    }

    Simulation simulation() {
        return simulation;
    }

    Counts counts() {
        return counts;
    }

    Application application(long pid) {
        Application application = present.get(pid);
        if (application == null) {
            throw new IllegalStateException("node " + pid + " was not started");
        }
        return application;
    }

    // chance

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    Duration logarithmic(long leastMillis, long mostMillis) {
        double factor = Math.pow((double) mostMillis / leastMillis, random.nextDouble());
        return Duration.ofNanos((long) (leastMillis * 1e6 * factor));
    }

    // what is so

    Duration now() {
        return simulation.now();
    }

    List<Long> leaders() {
        return simulation.leaders().stream().map(SimulatedNode::pid).toList();
    }

    /** Whether nothing holds up a node for long. */
    boolean isCalm() {
        return calm;
    }

    /** Whether the process may have stood still within this time, or was held up just before. */
    boolean stoodStill(long pid, Duration from, Duration to) {
        long earliest =
                from.minus(SimulationSettings.ELECTION_TIMEOUT).minus(SLACK).toMillis();
        return plan.stream()
                .anyMatch(action -> STOPS_A_PROCESS.contains(action.kind())
                        && action.arguments().get(0) == pid
                        && action.atMillis() >= earliest
                        && action.atMillis() <= to.toMillis());
    }

    void broken(String what) {
        if (breach == null) {
            breach = what + ", at " + now().toMillis() + " ms";
        }
    }

    void check() {
        if (breach != null) {
            throw new AssertionError(breach);
        }
    }

    // what happens

    void began(Work work) {
        works.add(work);
    }

    /** @param prompt whether the callback came at the time at which leadership was granted and still holds */
    void elected(Application application, long token, boolean prompt) {
        counts.elections++;
        Application former = electedWith.putIfAbsent(token, application);
        if (former != null && former != application) {
            broken("token " + token + " was granted twice");
        }
        if (prompt) {
            if (token < newestToken) {
                broken("token " + token + " is elected after " + newestToken);
            }
            newestToken = token;
            applications.stream()
                    .filter(other -> other != application)
                    .forEach(other -> other.expectEndedBefore(token));
        }
    }

    // a run

    /** The whole run of a scenario: its plan, then recovery, and an end in order. */
    Counts run() {
        simulation.startAll();
        long end = plan.stream().mapToLong(Action::atMillis).max().orElse(0);
        runFor(Duration.ofMillis(end + 100));
        simulation.checkNodes();
        simulation.recover();
        Duration deadline = now().plusSeconds(8);
        runUntil(() -> leaders().size() == 1 || now().compareTo(deadline) > 0, Duration.ofDays(1));
        leaders().forEach(pid -> simulation.perform(Action.at(0, ActionKind.RESIGN, pid)));
        runFor(Duration.ofMillis(1500));
        shutDownAll();
        applications.forEach(Application::checkAtTheEnd);
        checkOverlaps();
        check();
        return counts;
    }

    private void shutDownAll() {
        Collection<SimulatedNode> nodes = simulation.nodes();
        for (SimulatedNode node : nodes) {
            simulation.perform(Action.at(0, ActionKind.SHUT_DOWN, node.pid()));
            runFor(logarithmic(10, 1500));
        }
        runFor(LONGEST_HANDOVER.multipliedBy(2));
    }

    void runFor(Duration time) {
        Duration deadline = now().plus(time);
        runUntil(() -> now().compareTo(deadline) >= 0, Duration.ofDays(1));
    }

    /** For work that holds up its thread, while all other threads go on; at its end the process goes on. */
    void runUntil(BooleanSupplier over) {
        runUntil(over, LONGEST_BLOCK);
    }

    private void runUntil(BooleanSupplier over, Duration atMost) {
        Duration deadline = now().plus(atMost);
        while (!over.getAsBoolean() && now().compareTo(deadline) < 0) {
            simulation.run(logarithmic(1, 30));
            check();
            act();
        }
    }

    /** Somebody calls into some application. */
    private void act() {
        List<SimulatedNode> able = simulation.nodes().stream()
                .filter(node -> node.isUp() && !node.isPaused())
                .filter(node -> !application(node.pid()).isBlocked())
                .toList();
        List<SimulatedNode> leading =
                able.stream().filter(SimulatedNode::isLeader).toList();
        List<SimulatedNode> from = leading.isEmpty() || oneIn(3) ? able : leading;
        if (from.isEmpty()) {
            return;
        }
        able.forEach(node -> application(node.pid()).expectToldOfTheEnd());
        Application application =
                application(from.get(random.nextInt(from.size())).pid());
        switch (random.nextInt(8)) {
            case 0, 1 -> application.probe();
            case 2, 3 -> application.work(logarithmic(1, 1500), random.nextBoolean());
            case 4 -> block(application);
            case 5 -> application.makeLateBean();
            default -> {
                // Time goes on.
            }
        }
        check();
    }

    private void block(Application application) {
        if (!blocking) {
            blocking = true;
            application.block(logarithmic(1, 1500), random.nextBoolean());
            blocking = false;
        }
    }

    /** Work of two nodes runs at one instant only if nobody had to wait for the older: its lease or its time was over. */
    private void checkOverlaps() {
        for (Work older : works) {
            for (Work newer : works) {
                if (older.application() != newer.application()
                        && older.reign().token() < newer.reign().token()
                        && older.overlaps(newer)) {
                    counts.overlaps++;
                    if (!older.reign().mayBeOutlived()) {
                        broken(older + " overlaps with " + newer);
                    }
                }
            }
        }
    }
}
