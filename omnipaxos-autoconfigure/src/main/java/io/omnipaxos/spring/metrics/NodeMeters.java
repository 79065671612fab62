package io.omnipaxos.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.omnipaxos.node.NodeObserver;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.spring.LeaderChangedEvent;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.spring.guard.LeaderOnlyCalls.Outcome;
import io.omnipaxos.spring.node.NodeStart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Registers the meters when the node was started and removes them before it is closed, so that those of a node that is
 * started anew begin anew, too, and none stays behind in a registry that is shared. Gauges are NaN as long as there is
 * nothing to measure. Safe for use by any thread.
 */
public final class NodeMeters implements SmartLifecycle, NodeObserver {

    private final MeterRegistry registry;
    private final Supplier<Optional<NodeStatus>> status;
    private final LeaderOnlyCalls calls;
    private final PeerMeters peers;
    private final List<Meter> meters = new ArrayList<>();
    private volatile @Nullable Timer syncs;

    /**
     * Registers nothing yet.
     *
     * @param status of the node, empty before its first start
     */
    public NodeMeters(MeterRegistry registry, Supplier<Optional<NodeStatus>> status, LeaderOnlyCalls calls) {
        this.registry = registry;
        this.status = status;
        this.calls = calls;
        this.peers = new PeerMeters(registry, status);
    }

    @Override
    public synchronized void start() {
        registerLeadership();
        registerLog();
        registerCounts();
        Timer timer = Timer.builder("omnipaxos.storage.sync")
                .description("Writes made durable: the sync of the disk")
                .register(registry);
        meters.add(timer);
        syncs = timer;
        peers.update();
    }

    private void registerLeadership() {
        gauge("omnipaxos.leader", "1 while this node leads and lets work begin", node -> node.isLeader() ? 1 : 0);
        gauge(
                "omnipaxos.voting",
                "1 while this node takes part in decisions, else 0",
                node -> node.withoutVote() == null ? 1 : 0);
        seconds(
                "omnipaxos.leaderless",
                "How long this node has known no leader, 0 while it knows one",
                NodeStatus::leaderless);
        seconds(
                "omnipaxos.lease.remaining",
                "How long this node's lease still holds, 0 while it does not lead",
                NodeStatus::leaseRemaining);
    }

    private void registerLog() {
        gauge("omnipaxos.log.accepted", "Last index of the log here", NodeStatus::acceptedIndex);
        gauge("omnipaxos.log.decided", "Last index known to be decided here", NodeStatus::decidedIndex);
        gauge("omnipaxos.log.compacted", "Last index that is covered by snapshots only", NodeStatus::compactedIndex);
        meters.add(Gauge.builder(
                        "omnipaxos.snapshot.size",
                        this,
                        self -> self.value(node -> node.snapshots().length()))
                .description("Size of the newest snapshot")
                .baseUnit("bytes")
                .register(registry));
    }

    private void registerCounts() {
        counter("omnipaxos.leader.changes", "Changes of leader seen here", null, NodeStatus::changeCount);
        String messages = "Messages to and from peers";
        counter("omnipaxos.messages", messages, "sent", node -> node.messages().sent());
        counter(
                "omnipaxos.messages",
                messages,
                "received",
                node -> node.messages().received());
        counter(
                "omnipaxos.messages",
                messages,
                "dropped",
                node -> node.messages().dropped());
        String snapshots = "Snapshots of this node's own state";
        counter(
                "omnipaxos.snapshots",
                snapshots,
                "stored",
                node -> node.snapshots().taken());
        counter(
                "omnipaxos.snapshots",
                snapshots,
                "failed",
                node -> node.snapshots().failed());
        for (Outcome outcome : Outcome.values()) {
            meters.add(FunctionCounter.builder("omnipaxos.leader.only", calls, counted -> counted.count(outcome))
                    .description("Calls of @LeaderOnly methods")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry));
        }
    }

    private void gauge(String name, String description, ToDoubleFunction<NodeStatus> value) {
        meters.add(Gauge.builder(name, this, self -> self.value(value))
                .description(description)
                .register(registry));
    }

    /** Null is 0: what is not, has lasted for no time. */
    private void seconds(String name, String description, Function<NodeStatus, @Nullable Duration> time) {
        ToDoubleFunction<NodeStatus> nanos = node -> {
            Duration present = time.apply(node);
            return present == null ? 0 : present.toNanos();
        };
        meters.add(TimeGauge.builder(name, this, TimeUnit.NANOSECONDS, self -> self.value(nanos))
                .description(description)
                .register(registry));
    }

    private void counter(
            String name, String description, @Nullable String outcome, ToDoubleFunction<NodeStatus> value) {
        FunctionCounter.Builder<NodeMeters> builder = FunctionCounter.builder(
                        name,
                        this,
                        self -> self.status.get().map(value::applyAsDouble).orElse(0.0))
                .description(description);
        meters.add((outcome == null ? builder : builder.tag("outcome", outcome)).register(registry));
    }

    private double value(ToDoubleFunction<NodeStatus> value) {
        return status.get().map(value::applyAsDouble).orElse(Double.NaN);
    }

    @Override
    public void synced(Duration time) {
        Timer timer = syncs;
        if (timer != null) {
            timer.record(time);
        }
    }

    /** Who the peers are may have changed: a new configuration elects anew. */
    @EventListener(LeaderChangedEvent.class)
    synchronized void leaderChanged() {
        if (isRunning()) {
            peers.update();
        }
    }

    @Override
    public synchronized void stop() {
        syncs = null;
        peers.clear();
        meters.forEach(registry::remove);
        meters.clear();
    }

    @Override
    public boolean isRunning() {
        return syncs != null;
    }

    /** Just after the node is started, and just before it is closed. */
    @Override
    public int getPhase() {
        return NodeStart.PHASE + 1;
    }
}
