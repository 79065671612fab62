package io.omnipaxos.simulation;

import io.omnipaxos.log.LogEntry;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Decided;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.message.ReplicationMessage.AcceptSync;
import io.omnipaxos.message.ReplicationMessage.ForwardedAppend;
import io.omnipaxos.message.ReplicationMessage.Promise;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries messages between simulated processes, or loses, repeats, delays and reorders them. */
final class SimulatedNetwork {

    private static final long ENVELOPE_BYTES = 100;

    private final Timeline timeline;
    private final SplittableRandom random;
    private final LinkConditions initial;
    private final Map<Long, Map<Long, SimulatedLink>> links = new TreeMap<>();
    private final Map<Long, Endpoint> endpoints = new TreeMap<>();
    private final Watcher watcher;
    private long messages;

    /** A process that is reachable. */
    record Endpoint(SimulatedHost host, Transport.Receiver receiver) {}

    /** Sees every message that leaves, and then arrives or is lost. */
    interface Watcher {
        void sent(Envelope envelope);

        void arrived(Envelope envelope);

        /** A message, or a copy of it, does not arrive. */
        void lost(Envelope envelope, String why);
    }

    SimulatedNetwork(Timeline timeline, SplittableRandom random, LinkConditions initial, Watcher watcher) {
        this.timeline = timeline;
        this.random = random;
        this.initial = initial;
        this.watcher = watcher;
    }

    /** Makes the links of a node, so that they are the same whatever happens first. */
    void add(long pid) {
        links.values().forEach(theirs -> theirs.put(pid, new SimulatedLink(random.split(), initial)));
        Map<Long, SimulatedLink> own = new TreeMap<>();
        links.keySet().forEach(other -> own.put(other, new SimulatedLink(random.split(), initial)));
        links.put(pid, own);
    }

    /** From now on this process answers for the node; null if none does. */
    void connect(long pid, @Nullable Endpoint endpoint) {
        if (endpoint == null) {
            endpoints.remove(pid);
        } else {
            endpoints.put(pid, endpoint);
        }
    }

    long messages() {
        return messages;
    }

    /** @throws IllegalArgumentException if there is no such link */
    SimulatedLink link(long from, long to) {
        Map<Long, SimulatedLink> own = links.get(from);
        SimulatedLink link = own == null ? null : own.get(to);
        if (link == null) {
            throw new IllegalArgumentException("there is no link from " + from + " to " + to);
        }
        return link;
    }

    void forEach(Consumer<SimulatedLink> action) {
        links.values().forEach(own -> own.values().forEach(action));
    }

    /** Those to and from a node. */
    void forEachOf(long pid, Consumer<SimulatedLink> action) {
        for (long other : links.keySet()) {
            if (other != pid) {
                action.accept(link(pid, other));
                action.accept(link(other, pid));
            }
        }
    }

    /** Takes a message that leaves now. */
    void send(Envelope envelope) {
        Map<Long, SimulatedLink> own = links.get(envelope.from());
        SimulatedLink link = own == null ? null : own.get(envelope.to());
        if (link == null) {
            return;
        }
        messages++;
        watcher.sent(envelope);
        carry(envelope, link);
        if (link.repeats()) {
            carry(envelope, link);
        }
    }

    private void carry(Envelope envelope, SimulatedLink link) {
        long now = timeline.now();
        boolean isCut = link.isCut(now);
        if (isCut || link.loses()) {
            lost(envelope, link, isCut ? "cut" : "lost");
            return;
        }
        long arrival = link.arrival(now, size(envelope.message()));
        if (arrival >= 0) {
            timeline.at(arrival, () -> arrive(envelope, link));
        } else {
            watcher.lost(envelope, "no room");
        }
    }

    private void lost(Envelope envelope, SimulatedLink link, String why) {
        link.connected = false;
        watcher.lost(envelope, why);
    }

    private void arrive(Envelope envelope, SimulatedLink link) {
        Endpoint endpoint = endpoints.get(envelope.to());
        if (endpoint == null || link.isCut(timeline.now())) {
            lost(envelope, link, endpoint == null ? "nobody there" : "cut");
            return;
        }
        endpoint.host().now(() -> {
            watcher.arrived(envelope);
            boolean unused = endpoint.receiver().received(envelope);
        });
        if (!link.connected) {
            link.connected = true;
            Endpoint sender = endpoints.get(envelope.from());
            if (sender != null) {
                sender.host().now(() -> sender.receiver().reconnected(envelope.to()));
            }
        }
    }

    /** What a message takes on the wire, more or less. */
    private static long size(Message message) {
        return ENVELOPE_BYTES + contentBytes(message);
    }

    /** The bytes of entries or of a snapshot in a message. */
    static long contentBytes(Message message) {
        long content = 0;
        if (message instanceof AcceptDecide accept) {
            content = size(accept.entries());
        } else if (message instanceof AcceptSync sync) {
            content = size(sync.entries());
        } else if (message instanceof Promise promise) {
            content = size(promise.entries());
        } else if (message instanceof Decided decided) {
            content = size(decided.entries());
        } else if (message instanceof SnapshotPiece piece) {
            content = piece.bytes().length;
        } else if (message instanceof ForwardedAppend forwarded) {
            content = size(forwarded.commands());
        }
        return content;
    }

    private static long size(List<? extends LogEntry> entries) {
        return entries.stream().mapToLong(LogEntry::size).sum();
    }
}
