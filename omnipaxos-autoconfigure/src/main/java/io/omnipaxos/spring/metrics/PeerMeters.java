package io.omnipaxos.spring.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.PeerStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The meters of each other member, as long as it is one. Guarded by {@link NodeMeters}; values are asked by any thread. */
final class PeerMeters {

    private final MeterRegistry registry;
    private final Supplier<Optional<NodeStatus>> status;
    private final Map<Long, List<Meter>> meters = new TreeMap<>();

    PeerMeters(MeterRegistry registry, Supplier<Optional<NodeStatus>> status) {
        this.registry = registry;
        this.status = status;
    }

    /** Registers those of new members, and removes those of nodes that are none any more. */
    void update() {
        Set<Long> present = status.get().map(NodeStatus::peers).orElse(List.of()).stream()
                .map(PeerStatus::pid)
                .collect(Collectors.toSet());
        meters.entrySet().removeIf(known -> {
            boolean gone = !present.contains(known.getKey());
            if (gone) {
                known.getValue().forEach(registry::remove);
            }
            return gone;
        });
        present.forEach(pid -> meters.computeIfAbsent(pid, this::register));
    }

    void clear() {
        meters.values().forEach(each -> each.forEach(registry::remove));
        meters.clear();
    }

    private List<Meter> register(long pid) {
        return List.of(
                Gauge.builder(
                                "omnipaxos.peer.reachable",
                                this,
                                self -> self.value(pid, peer -> peer.reachable() ? 1 : 0))
                        .description("1 if the last attempt to reach the peer succeeded, else 0")
                        .tag("peer", String.valueOf(pid))
                        .register(registry),
                TimeGauge.builder(
                                "omnipaxos.peer.roundtrip",
                                this,
                                TimeUnit.NANOSECONDS,
                                self -> self.value(pid, PeerMeters::roundTripNanos))
                        .description("Time that the last answered request to the peer took")
                        .tag("peer", String.valueOf(pid))
                        .register(registry));
    }

    private static double roundTripNanos(PeerStatus peer) {
        return peer.roundTrip() == null ? Double.NaN : peer.roundTrip().toNanos();
    }

    private double value(long pid, ToDoubleFunction<PeerStatus> value) {
        return status.get().map(NodeStatus::peers).orElse(List.of()).stream()
                .filter(peer -> peer.pid() == pid)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }
}
