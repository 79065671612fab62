package io.omnipaxos.simulation;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.Elections;
import io.omnipaxos.node.NodeSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A cluster in virtual time. Everything happens on the calling thread, within {@link #run} and its like; all chance comes
 * from the seed. Whatever must always hold is checked meanwhile: these methods throw a {@link Violation} if it does not.
 */
public final class Simulation {

    /** More than any run needs: what sends more goes round in circles. */
    private static final long STORM = 2_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int LONGEST_FILLING = 4000;

    private final SimulationSettings settings;
    private final Timeline timeline = new Timeline();
    private final Transcript transcript = new Transcript(timeline);
    private final SplittableRandom random;
    private final Invariants invariants = new Invariants(timeline);
    private final Grants grants = new Grants(invariants);
    private final SimulatedNetwork network;
    private final Clients clients;
    private final Map<Long, SimulatedNode> nodes = new TreeMap<>();
    private final ActionRunner actions;

    /** A cluster whose nodes find leaders by Ballot Leader Election, not started yet. */
    public Simulation(SimulationSettings settings) {
        this(settings, Elections.BALLOT, process -> SimulatedApplication.NONE, NodeTuning.NONE);
    }

    /**
     * A cluster that is not started yet.
     *
     * @param elections how leaders are found
     * @param applications makes what runs beside a node, anew for each start of a process
     * @param tuning changes the settings of single nodes
     */
    public Simulation(
            SimulationSettings settings,
            Elections elections,
            SimulatedApplication.Factory applications,
            NodeTuning tuning) {
        this.settings = settings;
        this.random = new SplittableRandom(settings.seed());
        this.network = new SimulatedNetwork(timeline, random.split(), settings.link(), traffic());
        this.clients = new Clients(timeline, random.split(), invariants, transcript, settings.drainNanos());
        SimulatedNode.Parts parts =
                new SimulatedNode.Parts(timeline, network, invariants, grants, transcript, elections, applications);
        for (long pid = 1; pid <= settings.nodes() + settings.spares(); pid++) {
            add(parts, tuning.of(settings.of(pid)));
        }
        this.actions = new ActionRunner(this, settings, timeline, transcript, random, network, clients);
    }

    /** Changes the settings of a node. */
    public interface NodeTuning {

        /** Leaves all as it is. */
        NodeTuning NONE = node -> node;

        NodeSettings of(NodeSettings node);
    }

    private void add(SimulatedNode.Parts parts, NodeSettings node) {
        double rate = 1 + (random.nextDouble() * 2 - 1) * settings.clockDrift();
        SimulatedDisk disk = settings.disks().make(random.split(), settings.syncNanos(), node);
        int filling = random.nextInt(LONGEST_FILLING);
        network.add(node.pid());
        nodes.put(node.pid(), new SimulatedNode(node, parts, new SimulatedClock(rate), disk, filling));
    }

    private SimulatedNetwork.Watcher traffic() {
        return new SimulatedNetwork.Watcher() {
            @Override
            public void sent(Envelope envelope) {
                grants.sent(envelope);
                if (network.messages() > STORM) {
                    invariants.broken("a storm of messages, now " + envelope);
                }
                if (SimulatedNetwork.contentBytes(envelope.message()) > settings.messageBytes()) {
                    invariants.broken("a message larger than " + settings.messageBytes() + " bytes: " + envelope);
                }
            }

            @Override
            public void arrived(Envelope envelope) {
                transcript.arrived(envelope);
                grants.arrived(envelope, node(envelope.to()).clock().nanosAt(timeline.now()));
            }

            @Override
            public void lost(Envelope envelope, String why) {
                transcript.lost(envelope, why);
            }
        };
    }

    /** Starts all nodes, each within a tick from now. */
    public Simulation startAll() {
        for (SimulatedNode node : nodes.values()) {
            long tick = settings.of(node.pid()).tickInterval().toNanos();
            timeline.at(timeline.now() + random.nextLong(tick), node::start);
        }
        return this;
    }

    /**
     * Tells what happens from now on as a conversation: what is left out, how each node is, and then a line for each
     * message that arrives or is lost, for what nodes and clients tell of themselves, and for what is done to them.
     * Times are true time from the beginning. The same seed and plan give the same lines.
     *
     * @param reader gets each line, without a line end, on the calling thread; replaces an earlier one, and what that
     *     one was told is not told again where it is left out
     * @param leftOut of what only the news is told
     */
    public void transcribe(Consumer<String> reader, Background... leftOut) {
        transcript.begin(reader, leftOut);
        nodes.values().forEach(node -> transcript.told(node.pid(), node.inShort()));
    }

    // what there is

    /** True time from the beginning. */
    public Duration now() {
        return Duration.ofNanos(timeline.now());
    }

    /** All machines, by pid. */
    public Collection<SimulatedNode> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /**
     * One machine.
     *
     * @throws IllegalArgumentException if there is none of this pid
     */
    public SimulatedNode node(long pid) {
        SimulatedNode node = nodes.get(pid);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + pid + ", but " + nodes.keySet());
        }
        return node;
    }

    /** Those that may act as leader at this instant: one at most. */
    public List<SimulatedNode> leaders() {
        return nodes.values().stream().filter(SimulatedNode::isLeader).toList();
    }

    /** How many leaderships there have been that were acted on. */
    public long leaderships() {
        return invariants.leaderships();
    }

    Invariants invariants() {
        return invariants;
    }

    Clients clients() {
        return clients;
    }

    /** What was counted so far. */
    public Report report() {
        return new Report(
                1,
                timeline.now(),
                timeline.eventCount(),
                network.messages(),
                0,
                invariants.leaderships(),
                clients.operations(),
                invariants.acknowledgedCount(),
                invariants.decidedEntries(),
                invariants.restores(),
                newestConfiguration() - 1,
                actions.replacedDisks());
    }

    /** The highest id of a configuration in force on a node that runs. */
    long newestConfiguration() {
        return nodes.values().stream()
                .filter(SimulatedNode::isUp)
                .mapToLong(node -> node.node().status().configuration().id())
                .max()
                .orElse(1);
    }

    // time

    /** Lets time pass. */
    public void run(Duration time) {
        long until = timeline.now() + time.toNanos();
        while (timeline.step(until)) {
            invariants.check();
        }
    }

    /**
     * Lets time pass until the condition holds, which is looked at after every step.
     *
     * @return how long that took
     * @throws Violation if it takes longer than this
     */
    public Duration runUntil(BooleanSupplier condition, Duration atMost) {
        long start = timeline.now();
        if (!runFor(atMost, condition)) {
            throw new Violation("it did not come within " + atMost.toMillis() + " ms:" + describe());
        }
        return Duration.ofNanos(timeline.now() - start);
    }

    /**
     * Lets time pass, but no longer than until the condition holds, which is looked at after every step.
     *
     * @return whether it holds
     */
    boolean runFor(Duration time, BooleanSupplier condition) {
        long until = timeline.now() + time.toNanos();
        boolean holds = condition.getAsBoolean();
        boolean stepped = true;
        while (!holds && stepped) {
            stepped = timeline.step(until);
            invariants.check();
            holds = condition.getAsBoolean();
        }
        return holds;
    }

    /** Lets one thing happen. */
    void step() {
        boolean unused = timeline.step(Long.MAX_VALUE);
        invariants.check();
    }

    /**
     * Lets time pass, in which the condition must hold at every instant: before and after each step.
     *
     * @throws Violation if it does not
     */
    public void runWhile(BooleanSupplier condition, Duration time) {
        long until = timeline.now() + time.toNanos();
        while (timeline.advance(until)) {
            checkHolds(condition);
            timeline.act();
            invariants.check();
            checkHolds(condition);
        }
        checkHolds(condition);
    }

    private void checkHolds(BooleanSupplier condition) {
        if (!condition.getAsBoolean()) {
            throw new Violation("it ended at " + timeline.now() / NANOS_PER_MILLI + " ms:" + describe());
        }
    }

    /** Does all of it, each at its time; what is past already at once. */
    public void schedule(List<Action> plan) {
        plan.forEach(action -> timeline.at(action.atMillis() * NANOS_PER_MILLI, () -> perform(action)));
    }

    /** Does something now, whatever the time of the action is. */
    public void perform(Action action) {
        actions.perform(action);
    }

    /** Ends all faults: links carry everything, clocks are right within the bound, disks work, and all nodes run. */
    public void recover() {
        actions.recover();
    }

    // what is expected

    /** Whether every member takes part in decisions: not before a read quorum has once heard of its storage. */
    boolean allMembersVote() {
        return settings.configuration().nodes().stream()
                .allMatch(pid -> node(pid).isUp() && node(pid).node().status().withoutVote() == null);
    }

    /** How much somebody knows to be decided. */
    long decidedIndex() {
        return nodes.values().stream()
                .filter(SimulatedNode::isUp)
                .mapToLong(node -> node.node().status().decidedIndex())
                .max()
                .orElse(0);
    }

    /** Whether every node knows everything that was decided. */
    boolean allHaveEverything() {
        long decided = decidedIndex();
        return nodes.values().stream()
                .allMatch(node -> node.isUp() && node.node().status().decidedIndex() == decided);
    }

    /**
     * Looks at every node.
     *
     * @throws Violation if one stopped itself without need
     */
    public void checkNodes() {
        for (SimulatedNode node : nodes.values()) {
            String failure = node.unexpectedFailure();
            if (failure != null) {
                throw new Violation(failure);
            }
        }
    }

    /** All machines and what is known of their nodes, in lines. */
    public String describe() {
        return nodes.values().stream().map(node -> "\n  " + node).collect(Collectors.joining());
    }
}
