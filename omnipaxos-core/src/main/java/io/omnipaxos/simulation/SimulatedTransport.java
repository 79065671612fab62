package io.omnipaxos.simulation;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The network as one process sees it. */
final class SimulatedTransport implements Transport {

    private final long pid;
    private final SimulatedHost host;
    private final SimulatedNetwork network;
    private final List<Long> configurations = new ArrayList<>();

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
        configurations.add(configuration.id());
    }

    /** The ids of all configurations that this process was in so far. */
    List<Long> configurations() {
        return List.copyOf(configurations);
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
