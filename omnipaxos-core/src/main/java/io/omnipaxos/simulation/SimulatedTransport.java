package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;

/** The network as one process sees it. */
final class SimulatedTransport implements Transport {

    private final long pid;
    private final SimulatedHost host;
    private final SimulatedNetwork network;

    SimulatedTransport(long pid, SimulatedHost host, SimulatedNetwork network) {
        this.pid = pid;
        this.host = host;
        this.network = network;
    }

    @Override
    public void start(Receiver receiver) {
        network.connect(pid, new SimulatedNetwork.Endpoint(host, receiver));
    }

    @Override
    public void send(List<Envelope> envelopes) {
        host.whenReached(() -> envelopes.forEach(network::send));
    }

    @Override
    public void members(ClusterConfiguration configuration) {
        // Everybody is reachable by pid.
    }

    @Override
    public Map<Long, PeerConnection> connections() {
        return Map.of();
    }

    @Override
    public void close() {
        network.connect(pid, null);
    }
}
