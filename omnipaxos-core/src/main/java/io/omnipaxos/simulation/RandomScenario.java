package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Quorums;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Draws a cluster and a plan from a seed. */
final class RandomScenario {

    private static final long TIMEOUT_MILLIS = SimulationSettings.ELECTION_TIMEOUT.toMillis();
    private static final int ACTIONS = 40;
    private static final int MOST_NODES = 9;

    private final SplittableRandom random;
    private final SimulationSettings settings;
    private final List<Action> plan = new ArrayList<>();
    private final boolean losesDisks;
    private long now;

    private RandomScenario(long seed) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
        settings = drawSettings(seed);
        losesDisks = random.nextBoolean();
    }

    /** The same for the same seed. */
    static Scenario of(long seed) {
        return new RandomScenario(seed).draw();
    }

    private SimulationSettings drawSettings(long seed) {
        // Small clusters are fast and have most of the trouble; large ones come as well.
        int size = oneIn(4) ? 1 + random.nextInt(MOST_NODES) : 3 + random.nextInt(3);
        Quorums quorums = size > 3 && oneIn(3) ? new Quorums(size, size - 1, 2) : Quorums.majority(size);
        LinkConditions link = new LinkConditions(
                (long) (SimulationSettings.ELECTION_TIMEOUT.toNanos() * (0.001 + random.nextDouble() * 0.1)),
                oneIn(3) ? 1.9 : 0.2,
                oneIn(4) ? random.nextDouble() * 0.1 : 0,
                oneIn(3) ? random.nextDouble() * 0.2 : 0,
                oneIn(3) ? random.nextDouble() * 0.3 : 0,
                oneIn(3),
                oneIn(8) ? 20_000 + random.nextInt(200_000) : 0);
        return new SimulationSettings(
                seed,
                size,
                oneIn(2) ? 0 : 1 + random.nextInt(2),
                quorums,
                link,
                oneIn(4) ? random.nextLong(20_000_000) : 200_000,
                // Files take longer.
                Math.floorMod(seed, 4) == 3 ? SimulationSettings.Disks.FILES : SimulationSettings.Disks.MEMORY,
                SimulationSettings.CONFIGURED_DRIFT,
                (long) (SimulationSettings.ELECTION_TIMEOUT.toNanos() * (0.01 + random.nextDouble())),
                // Small enough for some logs to need several pieces, large enough for one command.
                4000 << random.nextInt(9),
                oneIn(2) ? 5L + random.nextInt(30) : 1L << 40);
    }

    private Scenario draw() {
        for (int i = 0; i < ACTIONS; i++) {
            now += random.nextLong(TIMEOUT_MILLIS);
            drawAction();
        }
        return new Scenario(settings, plan);
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    private long node() {
        return 1L + random.nextInt(settings.nodes() + settings.spares());
    }

    private void add(ActionKind kind, long... arguments) {
        plan.add(Action.at(now, kind, arguments));
    }

    private void addForAll(ActionKind kind) {
        for (long pid = 1; pid <= settings.nodes() + settings.spares(); pid++) {
            add(kind, pid);
        }
    }

    private void drawAction() {
        switch (random.nextInt(24)) {
            case 0 -> add(ActionKind.CRASH, node());
            case 1 -> add(ActionKind.POWER_CUT, node());
            case 2 -> addLinkFault();
            case 3 -> add(ActionKind.ISOLATE, node());
            case 4, 5 -> add(ActionKind.HEAL);
            case 6 -> add(oneIn(4) ? ActionKind.SUSPEND : ActionKind.PAUSE, node());
            case 7, 8 -> addForAll(ActionKind.RESUME);
            case 9, 10, 11 -> addForAll(ActionKind.START);
            case 12 -> add(ActionKind.TRANSFER, node(), node());
            case 13 -> add(oneIn(2) ? ActionKind.RESIGN : ActionKind.SHUT_DOWN, node());
            case 14 -> addForAll(ActionKind.SNAPSHOT);
            case 15 -> addReconfiguration();
            case 16 -> addMachineFault();
            case 17 -> addWork();
            case 18 -> add(ActionKind.COMPARE_AND_SET, node());
            case 19 -> add(ActionKind.READ, node());
            default -> addTraffic();
        }
    }

    private void addLinkFault() {
        long from = node();
        long to = node();
        if (from == to) {
            add(ActionKind.HEAL);
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> add(ActionKind.CUT, from, to);
            case 1 -> add(ActionKind.FLAP, from, to, 20 + random.nextLong(2 * TIMEOUT_MILLIS));
            case 2 -> add(ActionKind.SLOW_LINK, from, to, random.nextLong(TIMEOUT_MILLIS * 1000));
            case 3 -> add(ActionKind.BAD_LINK, from, to, random.nextLong(500), random.nextLong(500));
            case 4 -> add(ActionKind.NARROW_LINK, from, to, 1000 + random.nextLong(50_000));
            default -> add(ActionKind.CUT_BOTH, from, to);
        }
    }

    private void addMachineFault() {
        long configured = (long) (SimulationSettings.CONFIGURED_DRIFT * 1_000_000);
        switch (random.nextInt(6)) {
            case 0 -> add(ActionKind.DRIFT, node(), random.nextLong(2 * configured + 1) - configured);
            case 1 -> add(ActionKind.JUMP, node(), random.nextLong(4 * TIMEOUT_MILLIS) - 2 * TIMEOUT_MILLIS);
            case 2 -> add(ActionKind.SLOW_DISK, node(), random.nextLong(TIMEOUT_MILLIS * 1000));
            case 3 -> add(ActionKind.FAIL_SYNC, node());
            default -> {
                if (losesDisks) {
                    add(oneIn(3) ? ActionKind.ROT : ActionKind.REPLACE_DISK, node());
                }
            }
        }
    }

    private void addReconfiguration() {
        long[] members = LongStream.rangeClosed(1, settings.nodes() + settings.spares())
                .filter(pid -> random.nextInt(3) > 0)
                .toArray();
        int size = members.length;
        // A cluster of two does not bear the loss of a disk.
        if (size > (losesDisks ? 2 : 0)) {
            Quorums quorums = size > 3 && oneIn(3) ? new Quorums(size, size - 1, 2) : Quorums.majority(size);
            add(
                    ActionKind.RECONFIGURE,
                    LongStream.concat(LongStream.of(quorums.read(), quorums.write()), LongStream.of(members))
                            .toArray());
        }
    }

    private void addWork() {
        for (long pid = 1; pid <= settings.nodes() + settings.spares(); pid++) {
            add(ActionKind.WORK, pid, random.nextLong(TIMEOUT_MILLIS));
        }
    }

    private void addTraffic() {
        for (int i = random.nextInt(4); i >= 0; i--) {
            long pid = node();
            switch (random.nextInt(4)) {
                case 0 -> add(ActionKind.READ, pid);
                case 1 -> add(ActionKind.COMPARE_AND_SET, pid);
                default -> add(ActionKind.PUT, pid, 1 + random.nextInt(4));
            }
        }
    }
}
