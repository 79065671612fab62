package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Quorums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Draws a cluster and a plan from a seed. Each draws first which kinds of trouble there are and how fast they follow on one
 * another: a run with few kinds goes deeper into them than one with all (Groce et al., «Swarm Testing», 2012).
 */
final class RandomScenario {

    private static final long TIMEOUT_MILLIS = SimulationSettings.ELECTION_TIMEOUT.toMillis();
    private static final long TIMEOUT_NANOS = SimulationSettings.ELECTION_TIMEOUT.toNanos();
    private static final long DRIFT_PER_MILLION = (long) (SimulationSettings.CONFIGURED_DRIFT * 1_000_000);
    private static final int FEWEST_ACTIONS = 6;
    private static final int MOST_ACTIONS = 30;
    private static final int MOST_NODES = 9;

    /** Something that a plan is put together from, and how often it comes where it comes at all. */
    private enum Trouble {
        CRASH(3),
        POWER_CUT(3),
        POWER_CUT_OF_ALL(3),
        BAD_LINK(3),
        ISOLATION(2),
        STAR(2),
        PARTITION(2),
        PAUSE(3),
        HANDOVER(3),
        SHUT_DOWN(1),
        SNAPSHOTS(2),
        RECONFIGURATION(1),
        CLOCKS(1),
        SLOW_DISK(2),
        FAILING_DISK(1),
        LOST_DISK(1),
        LEADER_WORK(2);

        private final int weight;

        Trouble(int weight) {
            this.weight = weight;
        }
    }

    private final SplittableRandom random;
    private final SimulationSettings settings;
    private final List<Action> plan = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private final long paceMillis;
    private long now;

    private RandomScenario(long seed) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
        settings = drawSettings(seed);
        for (Trouble trouble : Trouble.values()) {
            if (random.nextBoolean()) {
                troubles.addAll(Collections.nCopies(trouble.weight, trouble));
            }
        }
        paceMillis = logarithmic(20, TIMEOUT_MILLIS);
    }

    /** The same for the same seed. */
    static Scenario of(long seed) {
        return new RandomScenario(seed).draw();
    }

    private SimulationSettings drawSettings(long seed) {
        // Small clusters are fast and have most of the trouble; large ones come as well.
        int size = oneIn(5) ? 1 + random.nextInt(MOST_NODES) : 3 + random.nextInt(3);
        LinkConditions link = new LinkConditions(
                logarithmic(TIMEOUT_NANOS / 1000, TIMEOUT_NANOS / 10),
                oneIn(3) ? 1.9 : 0.2,
                oneIn(4) ? random.nextDouble() * 0.1 : 0,
                oneIn(3) ? random.nextDouble() * 0.2 : 0,
                oneIn(3) ? random.nextDouble() * 0.3 : 0,
                oneIn(3),
                oneIn(8) ? logarithmic(10_000, 1_000_000) : 0);
        return new SimulationSettings(
                seed,
                size,
                oneIn(2) ? 0 : 1 + random.nextInt(2),
                quorums(size),
                link,
                logarithmic(20_000, oneIn(4) ? TIMEOUT_NANOS / 2 : TIMEOUT_NANOS / 50),
                Math.floorMod(seed, 12) == 7 ? SimulationSettings.Disks.FILES : SimulationSettings.Disks.MEMORY,
                SimulationSettings.CONFIGURED_DRIFT,
                logarithmic(TIMEOUT_NANOS / 100, TIMEOUT_NANOS),
                // Small enough for some logs to need several pieces, large enough for one command.
                4096 << random.nextInt(9),
                oneIn(2) ? 5L + random.nextInt(30) : 1L << 40);
    }

    private Quorums quorums(int size) {
        return size > 3 && oneIn(3) ? new Quorums(size, size - 1, 2) : Quorums.majority(size);
    }

    private Scenario draw() {
        if (oneIn(3)) {
            for (long pid = 1; pid <= all(); pid++) {
                add(ActionKind.DRIFT, pid, random.nextBoolean() ? DRIFT_PER_MILLION : -DRIFT_PER_MILLION);
            }
        }
        int actions = random.nextInt(FEWEST_ACTIONS, MOST_ACTIONS + 1);
        for (int i = 0; i < actions; i++) {
            now += random.nextLong(2 * paceMillis);
            switch (random.nextInt(8)) {
                case 0 -> addForAll(ActionKind.START);
                case 1 -> addForAll(ActionKind.RESUME);
                case 2 -> add(ActionKind.HEAL);
                case 3, 4 -> addTraffic();
                default -> addTrouble();
            }
        }
        // Who lost its disk, or is no member, does not vote: then it is not sure that the hub reaches a quorum.
        boolean allVote = !troubles.contains(Trouble.LOST_DISK) && !troubles.contains(Trouble.RECONFIGURATION);
        if (allVote && oneIn(3)) {
            add(ActionKind.RECOVER_AROUND, 1 + random.nextLong(settings.nodes()));
        }
        return new Scenario(settings, plan);
    }

    private long all() {
        return (long) settings.nodes() + settings.spares();
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    /** As often between 1 and 10 as between 10 and 100. */
    private long logarithmic(long least, long most) {
        return (long) (least * Math.pow((double) most / least, random.nextDouble()));
    }

    private long node() {
        return 1 + random.nextLong(all());
    }

    private long otherThan(long pid) {
        long other = 1 + random.nextLong(Math.max(1, all() - 1));
        return other < pid ? other : other + 1;
    }

    private void add(ActionKind kind, long... arguments) {
        plan.add(Action.at(now, kind, arguments));
    }

    private void addForAll(ActionKind kind) {
        for (long pid = 1; pid <= all(); pid++) {
            add(kind, pid);
        }
    }

    private void addTrouble() {
        if (troubles.isEmpty()) {
            addTraffic();
            return;
        }
        switch (troubles.get(random.nextInt(troubles.size()))) {
            case CRASH -> addEnd(ActionKind.CRASH);
            case POWER_CUT -> addEnd(ActionKind.POWER_CUT);
            case POWER_CUT_OF_ALL -> {
                // While something is on its way to the disks.
                addPuts();
                now += logarithmic(1, TIMEOUT_MILLIS);
                addForAll(ActionKind.POWER_CUT);
                // Those that come back first must know what the others know.
                for (long pid = 1; pid <= all(); pid++) {
                    if (random.nextInt(3) > 0) {
                        add(ActionKind.START, pid);
                    }
                }
            }
            case BAD_LINK -> addBadLink();
            case ISOLATION -> add(ActionKind.ISOLATE, node());
            case STAR -> addStar();
            case PARTITION -> addPartition();
            case PAUSE -> add(oneIn(4) ? ActionKind.SUSPEND : ActionKind.PAUSE, node());
            case HANDOVER -> addHandover();
            case SHUT_DOWN -> add(ActionKind.SHUT_DOWN, node());
            case SNAPSHOTS -> addForAll(ActionKind.SNAPSHOT);
            case RECONFIGURATION -> addReconfiguration();
            case CLOCKS -> addClockFault();
            case SLOW_DISK -> add(ActionKind.SLOW_DISK, node(), logarithmic(1000, TIMEOUT_MILLIS * 1000));
            case FAILING_DISK -> add(ActionKind.FAIL_SYNC, node());
            case LOST_DISK -> add(oneIn(3) ? ActionKind.ROT : ActionKind.REPLACE_DISK, node());
            case LEADER_WORK -> {
                for (long pid = 1; pid <= all(); pid++) {
                    add(ActionKind.WORK, pid, random.nextLong(TIMEOUT_MILLIS));
                }
            }
        }
    }

    /** Ends a process, often only for a moment. */
    private void addEnd(ActionKind kind) {
        long pid = node();
        add(kind, pid);
        if (oneIn(2)) {
            now += random.nextLong(paceMillis);
            add(ActionKind.START, pid);
        }
    }

    private void addBadLink() {
        if (all() == 1) {
            return;
        }
        long from = node();
        long to = otherThan(from);
        switch (random.nextInt(7)) {
            case 0, 1 -> add(ActionKind.CUT, from, to);
            case 2 -> add(ActionKind.FLAP, from, to, logarithmic(20, 4 * TIMEOUT_MILLIS));
            case 3 -> add(ActionKind.SLOW_LINK, from, to, logarithmic(1000, TIMEOUT_MILLIS * 1000));
            case 4 -> add(ActionKind.BAD_LINK, from, to, random.nextLong(500), random.nextLong(500));
            case 5 -> add(ActionKind.NARROW_LINK, from, to, logarithmic(1000, 100_000));
            default -> add(ActionKind.CUT_BOTH, from, to);
        }
    }

    /** All reach one another only through one of them. */
    private void addStar() {
        long hub = node();
        for (long a = 1; a <= all(); a++) {
            for (long b = a + 1; b <= all(); b++) {
                if (a != hub && b != hub) {
                    add(ActionKind.CUT_BOTH, a, b);
                }
            }
        }
    }

    private void addPartition() {
        long sides = random.nextLong();
        for (long a = 1; a <= all(); a++) {
            for (long b = a + 1; b <= all(); b++) {
                if ((sides >> a & 1) != (sides >> b & 1)) {
                    add(ActionKind.CUT_BOTH, a, b);
                }
            }
        }
    }

    private void addHandover() {
        long to = node();
        for (long pid = 1; pid <= all(); pid++) {
            if (oneIn(3)) {
                add(ActionKind.RESIGN, pid);
            } else {
                add(ActionKind.TRANSFER, pid, to);
            }
        }
    }

    private void addClockFault() {
        if (oneIn(2)) {
            add(ActionKind.DRIFT, node(), random.nextLong(2 * DRIFT_PER_MILLION + 1) - DRIFT_PER_MILLION);
        } else {
            // Set back while the machine is suspended, it would hide the suspension, which no node can notice then.
            long back = troubles.contains(Trouble.PAUSE) ? 0 : 2 * TIMEOUT_MILLIS;
            add(ActionKind.JUMP, node(), random.nextLong(2 * TIMEOUT_MILLIS + back) - back);
        }
    }

    private void addReconfiguration() {
        long[] members = LongStream.rangeClosed(1, all())
                .filter(pid -> random.nextInt(3) > 0)
                .toArray();
        // A cluster of two does not bear the loss of a disk.
        if (members.length > (troubles.contains(Trouble.LOST_DISK) ? 2 : 0)) {
            Quorums quorums = quorums(members.length);
            add(
                    ActionKind.RECONFIGURE,
                    LongStream.concat(LongStream.of(quorums.read(), quorums.write()), LongStream.of(members))
                            .toArray());
        }
    }

    /** An old leader that nobody hears gets some as well. */
    private void addPuts() {
        for (long pid = 1; pid <= all(); pid++) {
            add(ActionKind.PUT, pid, 1 + random.nextInt(4));
        }
    }

    private void addTraffic() {
        if (oneIn(3)) {
            addPuts();
            return;
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            long pid = node();
            switch (random.nextInt(5)) {
                case 0 -> add(ActionKind.READ, pid);
                case 1 -> add(ActionKind.COMPARE_AND_SET, pid);
                default -> add(ActionKind.PUT, pid, 1 + random.nextInt(3));
            }
        }
    }
}
