package io.omnipaxos.spring.test.cluster;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.Host;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages between the nodes of one process, each in the order of all, on one thread that belongs to the network.
 * Once a cut returns, nothing more passes. Safe for use by any thread.
 */
final class MemoryNetwork implements AutoCloseable {

    private final ScheduledExecutorService carrier = Host.machine().thread("omnipaxos-test-network");

    // guarded by this
    private final Map<Long, Port> ports = new TreeMap<>();
    private final Set<Link> cuts = new TreeSet<>();

    private record Link(long from, long to) implements Comparable<Link> {

        @Override
        public int compareTo(Link other) {
            return from != other.from ? Long.compare(from, other.from) : Long.compare(to, other.to);
        }
    }

    /** A transport for one start of a node. */
    Transport transport(long pid) {
        return new Port(pid);
    }

    /** Nothing passes from the one to the other any more. */
    synchronized void cut(long from, long to) {
        cuts.add(new Link(from, to));
    }

    /** Everything passes again; nodes notice that, as they do with real connections. */
    synchronized void heal() {
        List<Link> healed = List.copyOf(cuts);
        cuts.clear();
        healed.forEach(link -> carry(() -> reconnect(link.from(), link.to())));
    }

    /** Whether messages pass both ways between two nodes that run. */
    synchronized boolean connects(long one, long other) {
        return passes(one, other) && passes(other, one);
    }

    /** Nothing passes from or to the node any more, as its process is gone, until it has another transport. */
    synchronized void unplug(long pid) {
        ports.remove(pid);
    }

    @Override
    public void close() {
        carrier.shutdownNow();
    }

    private boolean passes(long from, long to) {
        return ports.containsKey(from) && ports.containsKey(to) && !cuts.contains(new Link(from, to));
    }

    private synchronized void plug(Port port) {
        ports.put(port.pid, port);
        ports.keySet().stream()
                .filter(other -> other != port.pid)
                .forEach(other -> carry(() -> reconnect(port.pid, other)));
    }

    private synchronized void unplug(Port port) {
        ports.remove(port.pid, port);
    }

    private synchronized void reconnect(long one, long other) {
        Port first = ports.get(one);
        Port second = ports.get(other);
        if (first != null && second != null && connects(one, other)) {
            first.receiver().reconnected(other);
            second.receiver().reconnected(one);
        }
    }

    /** The lock is held until the receiver has taken it, which it does at once. */
    private synchronized void deliver(Port sender, Envelope envelope) {
        Port receiver = ports.get(envelope.to());
        boolean isPlugged = ports.get(sender.pid) == sender;
        if (isPlugged && receiver != null && passes(sender.pid, envelope.to())) {
            receiver.heardAt.put(sender.pid, System.nanoTime());
            boolean unused = receiver.receiver().received(envelope);
        }
    }

    private void carry(Runnable task) {
        try {
            carrier.execute(task);
        } catch (RejectedExecutionException closed) {
            // Then nothing is carried.
        }
    }

    private synchronized Map<Long, PeerConnection> connections(Port port) {
        Map<Long, PeerConnection> connections = new TreeMap<>();
        for (long peer : port.peers) {
            String error = connects(port.pid, peer)
                    ? null
                    : ports.containsKey(peer) ? "the test has cut this link" : "this node does not run";
            connections.put(peer, new PeerConnection(error == null, since(port.heardAt.get(peer)), null, error));
        }
        return connections;
    }

    private static @Nullable Duration since(@Nullable Long nanos) {
        return nanos == null ? null : Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** Where one node is plugged in. Its fields are guarded by the network. */
    private final class Port implements Transport {

        private final long pid;
        private final Map<Long, Long> heardAt = new TreeMap<>();
        private List<Long> peers = List.of();
        private @Nullable Receiver receiver;

        Port(long pid) {
            this.pid = pid;
        }

        Receiver receiver() {
            Receiver present = receiver;
            if (present == null) {
                throw new IllegalStateException("node " + pid + " is not plugged in");
            }
            return present;
        }

        @Override
        public void start(Receiver receiver) {
            synchronized (MemoryNetwork.this) {
                this.receiver = receiver;
                plug(this);
            }
        }

        @Override
        public void send(List<Envelope> envelopes) {
            carry(() -> envelopes.forEach(envelope -> deliver(this, envelope)));
        }

        @Override
        public void members(ClusterConfiguration configuration) {
            synchronized (MemoryNetwork.this) {
                peers = configuration.nodes().stream()
                        .filter(node -> node != pid)
                        .toList();
            }
        }

        @Override
        public Map<Long, PeerConnection> connections() {
            return MemoryNetwork.this.connections(this);
        }

        @Override
        public void close() {
            unplug(this);
        }
    }
}
