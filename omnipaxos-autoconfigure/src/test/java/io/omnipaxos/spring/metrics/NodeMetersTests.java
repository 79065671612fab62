package io.omnipaxos.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.NodeStatus.PeerStatus;
import io.omnipaxos.node.SnapshotStatus;
import io.omnipaxos.spring.guard.LeaderOnlyCalls;
import io.omnipaxos.transport.MessageCounts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The meters of a node whose status the test says. */
class NodeMetersTests {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private @Nullable NodeStatus status;
    private final NodeMeters meters =
            new NodeMeters(registry, () -> Optional.ofNullable(status), new LeaderOnlyCalls());

    @Test
    void showWhatThePeersAreLike() {
        status = withPeers(
                new PeerStatus(2, true, Duration.ZERO, Duration.ofMillis(20), true, null, null),
                new PeerStatus(3, false, null, null, null, null, "connection refused"));

        meters.start();

        assertThat(peer("reachable", 2)).isEqualTo(1);
        assertThat(peer("reachable", 3)).isZero();
        assertThat(peer("roundtrip", 2)).isEqualTo(0.02);
        assertThat(peer("roundtrip", 3)).isNaN();
    }

    @Test
    void followTheMembers() {
        status = withPeers(away(2), away(3));
        meters.start();
        status = withPeers(away(3), away(4));

        meters.leaderChanged();

        assertThat(registry.find("omnipaxos.peer.reachable").gauges().stream().map(NodeMetersTests::peerOf))
                .containsExactlyInAnyOrder("3", "4");
        assertThat(registry.find("omnipaxos.peer.roundtrip").gauges().stream().map(NodeMetersTests::peerOf))
                .containsExactlyInAnyOrder("3", "4");
    }

    @Test
    void goWhenTheNodeIsStopped() {
        status = withPeers(away(2));
        meters.start();

        meters.stop();
        meters.leaderChanged();
        meters.synced(Duration.ofMillis(1));

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void areNotANumberBeforeThereIsANode() {
        meters.start();

        for (String name :
                List.of("leader", "voting", "leaderless", "lease.remaining", "log.decided", "snapshot.size")) {
            assertThat(registry.get("omnipaxos." + name).gauge().value())
                    .as(name)
                    .isNaN();
        }
        assertThat(registry.get("omnipaxos.leader.changes").functionCounter().count())
                .isZero();
    }

    @Test
    void showWhoTakesNoPartInDecisions() {
        status = withPeers();
        meters.start();
        assertThat(registry.get("omnipaxos.voting").gauge().value()).isEqualTo(1);

        given(status.withoutVote()).willReturn("its disk is new");

        assertThat(registry.get("omnipaxos.voting").gauge().value()).isZero();
    }

    @Test
    void showCountsAndTimesInTheirUnits() {
        status = withPeers();
        given(status.leaderless()).willReturn(Duration.ofMillis(2500));
        given(status.leaseRemaining()).willReturn(Duration.ofMillis(400));
        given(status.messages()).willReturn(new MessageCounts(7, 8, 9));
        given(status.snapshots()).willReturn(new SnapshotStatus(3, 512, 4, 5, null));
        meters.start();
        meters.synced(Duration.ofMillis(3));

        assertThat(registry.get("omnipaxos.leaderless").timeGauge().value()).isEqualTo(2.5);
        assertThat(registry.get("omnipaxos.lease.remaining").timeGauge().value())
                .isEqualTo(0.4);
        assertThat(Stream.of("sent", "received", "dropped").map(outcome -> count("messages", outcome)))
                .containsExactly(7.0, 8.0, 9.0);
        assertThat(Stream.of("stored", "failed").map(outcome -> count("snapshots", outcome)))
                .containsExactly(4.0, 5.0);
        assertThat(registry.get("omnipaxos.snapshot.size").gauge().value()).isEqualTo(512);
        assertThat(registry.get("omnipaxos.storage.sync").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(3);
    }

    private double count(String name, String outcome) {
        return registry.get("omnipaxos." + name)
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    private double peer(String name, long pid) {
        return registry.get("omnipaxos.peer." + name)
                .tag("peer", String.valueOf(pid))
                .gauge()
                .value();
    }

    private static String peerOf(Gauge gauge) {
        return String.valueOf(gauge.getId().getTag("peer"));
    }

    private static PeerStatus away(long pid) {
        return new PeerStatus(pid, false, null, null, null, null, "connection refused");
    }

    private static NodeStatus withPeers(PeerStatus... peers) {
        NodeStatus status = mock(NodeStatus.class);
        given(status.peers()).willReturn(List.of(peers));
        return status;
    }
}
