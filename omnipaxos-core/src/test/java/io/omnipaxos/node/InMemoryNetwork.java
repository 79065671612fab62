package io.omnipaxos.node;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Carries messages between nodes of one process, each handed over at once on the sender's thread. */
final class InMemoryNetwork {

    private final Map<Long, Transport.Receiver> receivers = new ConcurrentHashMap<>();
    private final Set<Long> isolated = ConcurrentHashMap.newKeySet();

    void isolate(long pid) {
        isolated.add(pid);
    }

    void heal() {
        isolated.clear();
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
                    if (receiver != null && !isolated.contains(pid) && !isolated.contains(envelope.to())) {
                        receiver.received(envelope);
                    }
                }
            }

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
