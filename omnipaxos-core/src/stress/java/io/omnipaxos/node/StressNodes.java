package io.omnipaxos.node;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.effect.Lease;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;

/** What the tests of this package run. */
final class StressNodes {

    static final ClusterConfiguration ONE = ClusterConfiguration.majority(1, List.of(1L));
    static final NodeSettings SETTINGS = NodeSettings.defaults("stress", 1, ONE);
    static final Ballot BALLOT = new Ballot(1, 1, 0, 1);

    private StressNodes() {}

    /** One that does not run out while the clock stands still. */
    static Lease lease(Host host, long fencingToken) {
        return new Lease(BALLOT, fencingToken, host.now(), 1_000_000_000);
    }

    /** To nobody. */
    static final class NoTransport implements Transport {

        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {}

        @Override
        public void members(ClusterConfiguration configuration) {}

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
