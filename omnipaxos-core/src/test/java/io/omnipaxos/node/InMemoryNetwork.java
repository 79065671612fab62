package io.omnipaxos.node;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Carries messages between nodes of one process, each handed over at once on the sender's thread. */
final class InMemoryNetwork {

    private final Map<Long, Transport.Receiver> receivers = new ConcurrentHashMap<>();
    private volatile Predicate<Envelope> dropped = envelope -> false;

    /** From now on drops what the predicate says, instead of what was dropped before. */
    void drop(Predicate<Envelope> dropping) {
        dropped = dropping;
    }

    void isolate(long pid) {
        drop(envelope -> concerns(envelope, pid));
    }

    void heal() {
        drop(envelope -> false);
    }

    static boolean concerns(Envelope envelope, long pid) {
        return envelope.from() == pid || envelope.to() == pid;
    }

    Transport transportOf(long pid) {
        return new Transport() {
            @Override
            public void start(Receiver receiver) {
                receivers.put(pid, receiver);
            }

            @Override
            public void send(List<Envelope> envelopes) {
                for (Envelope envelope : envelopes) {
                    Receiver receiver = receivers.get(envelope.to());
                    if (receiver != null && !dropped.test(envelope)) {
                        receiver.received(envelope);
                    }
                }
            }

            @Override
            public void members(ClusterConfiguration configuration) {}

            @Override
            public Map<Long, PeerConnection> connections() {
                return Map.of();
            }

            @Override
            public void close() {
                receivers.remove(pid);
            }
        };
    }
}
