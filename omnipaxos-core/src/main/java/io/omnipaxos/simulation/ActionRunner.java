package io.omnipaxos.simulation;

import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.node.ReconfigurationRequest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Does to a simulated cluster what a plan says: faults of machines and links, and what clients and operators ask for. */
final class ActionRunner {

    /** A disk that takes longer cannot keep up with leases. */
    private static final long HEALTHY_SYNC_NANOS = 10_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Simulation cluster;
    private final SimulationSettings settings;
    private final Timeline timeline;
    private final Transcript transcript;
    private final SplittableRandom random;
    private final SimulatedNetwork network;
    private final Clients clients;
    private long replacedDisks;

    ActionRunner(
            Simulation cluster,
            SimulationSettings settings,
            Timeline timeline,
            Transcript transcript,
            SplittableRandom random,
            SimulatedNetwork network,
            Clients clients) {
        this.cluster = cluster;
        this.settings = settings;
        this.timeline = timeline;
        this.transcript = transcript;
        this.random = random;
        this.network = network;
        this.clients = clients;
    }

    /** How many disks were lost with all that was on them. */
    long replacedDisks() {
        return replacedDisks;
    }

    /** Does something now, whatever the time of the action is. */
    void perform(Action action) {
        transcript.done(action);
        List<Long> given = action.arguments();
        long pid = given.isEmpty() ? 0 : given.get(0);
        switch (action.kind()) {
            case START -> cluster.node(pid).start();
            case CRASH -> cluster.node(pid).crash(false);
            case POWER_CUT -> cluster.node(pid).crash(true);
            case SHUT_DOWN -> cluster.node(pid).shutDown();
            case PAUSE -> cluster.node(pid).pause();
            case SUSPEND -> cluster.node(pid).suspend();
            case RESUME -> cluster.node(pid).resume();
            case DRIFT -> cluster.node(pid).clock().setRate(1 + given.get(1) / 1e6, timeline.now());
            case JUMP -> cluster.node(pid).clock().jumpWall(given.get(1));
            case SLOW_DISK -> cluster.node(pid).disk().syncNanos(given.get(1) * 1000);
            case FAIL_SYNC -> cluster.node(pid).disk().failNextSync();
            case ROT -> rot(cluster.node(pid));
            case REPLACE_DISK -> replaceDisk(cluster.node(pid));
            case RECOVER_AROUND -> recoverAround(pid);
            case CUT, CUT_BOTH, ISOLATE, FLAP, SLOW_LINK, BAD_LINK, NARROW_LINK, HEAL -> change(action.kind(), given);
            case RECONFIGURE -> reconfigure(given);
            case PUT, COMPARE_AND_SET, READ, WORK, TRANSFER, RESIGN, SNAPSHOT -> {
                SimulatedNode node = cluster.node(pid);
                if (node.isUp() && !node.isPaused()) {
                    ask(node, action.kind(), given);
                }
            }
        }
    }

    private void ask(SimulatedNode node, ActionKind kind, List<Long> given) {
        OmniPaxosNode asked = node.node();
        switch (kind) {
            case PUT -> {
                for (long left = given.get(1); left > 0; left--) {
                    clients.put(node);
                }
            }
            case COMPARE_AND_SET -> clients.compareAndSet(node);
            case READ -> clients.read(node);
            case WORK -> clients.work(node, given.get(1) * NANOS_PER_MILLI);
            case TRANSFER -> {
                CompletableFuture<Boolean> unused = asked.leadership().transferTo(given.get(1));
            }
            case RESIGN -> {
                CompletableFuture<Boolean> unused = asked.leadership().resign();
            }
            case SNAPSHOT -> {
                CompletableFuture<Long> unused = asked.snapshot();
            }
            default -> throw new IllegalArgumentException(kind + " is not asked of a node");
        }
    }

    private void change(ActionKind kind, List<Long> given) {
        switch (kind) {
            case CUT -> link(given).cut(true);
            case CUT_BOTH -> both(given).forEach(link -> link.cut(true));
            case ISOLATE -> network.forEachOf(given.get(0), link -> link.cut(true));
            case FLAP -> both(given).forEach(link -> link.flap(given.get(2) * NANOS_PER_MILLI));
            case SLOW_LINK -> link(given).conditions(LinkConditions.latency(given.get(2) * 1000));
            case BAD_LINK ->
                link(given)
                        .conditions(
                                settings.link().withLoss(given.get(2) / 1000.0).withDuplication(given.get(3) / 1000.0));
            case NARROW_LINK -> link(given).conditions(settings.link().withBytesPerSecond(given.get(2)));
            case HEAL -> heal(settings.link());
            default -> throw new IllegalArgumentException(kind + " does not change the network");
        }
    }

    private SimulatedLink link(List<Long> given) {
        return network.link(given.get(0), given.get(1));
    }

    private List<SimulatedLink> both(List<Long> given) {
        return List.of(network.link(given.get(0), given.get(1)), network.link(given.get(1), given.get(0)));
    }

    private void heal(LinkConditions conditions) {
        network.forEach(link -> {
            link.cut(false);
            link.conditions(conditions);
        });
    }

    /** Ends all faults: links carry everything, clocks are right within the bound, disks work, and all nodes run. */
    void recover() {
        heal(settings.link().healed());
        for (SimulatedNode node : cluster.nodes()) {
            node.disk().heal(Math.min(settings.syncNanos(), HEALTHY_SYNC_NANOS));
            node.resume();
            if (node.isRotten()) {
                replacedDisks++;
                node.replaceDisk();
            } else if (node.mustBeRestarted()) {
                node.crash(false);
            }
            node.start();
        }
    }

    /** As {@link #recover}, but every node reaches only this one. */
    private void recoverAround(long hub) {
        recover();
        for (SimulatedNode from : cluster.nodes()) {
            for (SimulatedNode to : cluster.nodes()) {
                if (from != to && from.pid() != hub && to.pid() != hub) {
                    network.link(from.pid(), to.pid()).cut(true);
                }
            }
        }
    }

    private void rot(SimulatedNode node) {
        if (bearsLossOf(node) && node.disk().rot()) {
            node.setRotten(true);
            // Soon enough for what was changed to be the last that was written.
            if (random.nextBoolean()) {
                node.crash(false);
                node.start();
            }
        }
    }

    private void replaceDisk(SimulatedNode node) {
        if (bearsLossOf(node)) {
            replacedDisks++;
            node.replaceDisk();
        }
    }

    /** A rotten disk is as good as lost. */
    private boolean bearsLossOf(SimulatedNode node) {
        return cluster.nodes().stream().noneMatch(SimulatedNode::isRotten) && node.canLoseDisk(cluster.nodes());
    }

    private void reconfigure(List<Long> given) {
        List<Long> pids = given.subList(2, given.size());
        Quorums quorums =
                new Quorums(pids.size(), given.get(0).intValue(), given.get(1).intValue());
        ReconfigurationRequest request = new ReconfigurationRequest(new TreeSet<>(pids), quorums, new TreeMap<>(), 0);
        for (SimulatedNode leader : cluster.leaders()) {
            if (!leader.isPaused()) {
                Object unused = leader.node().reconfigure(request);
            }
        }
    }
}
