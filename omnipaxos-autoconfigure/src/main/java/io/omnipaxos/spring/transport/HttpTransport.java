package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages to peers by HTTP, in batches, with one request in flight for each peer and {@link Lane}.
 *
 * <p>Received messages come through {@link #endpoint()}, which a {@link PeerFilter} or a {@link PeerServer} serves,
 * and with the answers to this node's own requests. One instance serves one start of a node: it is started once and
 * closed once, and is a new one to its peers each time. Safe for use by any thread.
 */
public final class HttpTransport implements Transport {

    private static final long JOIN_MILLIS = 1_000;

    private final HttpTransportSettings settings;
    private final LongFunction<@Nullable URI> addresses;
    private final String boot = UUID.randomUUID().toString();
    private final MessageCodec codec;
    private final @Nullable MessageSigner signer;
    private final Counters counters = new Counters();
    private final Map<Long, PeerLink> links = new TreeMap<>();
    private final PeerEndpoint endpoint;
    private final List<Thread> threads = new ArrayList<>();
    private final List<PeerClient> clients = new ArrayList<>();

    private @Nullable ScheduledThreadPoolExecutor watch;
    private volatile @Nullable Receiver receiver;

    /**
     * Makes a transport that is not running yet.
     *
     * @param settings who this node is and what bounds its requests
     * @param addresses the base URL of a peer with its context path, asked at each request, so that it may change; null
     *     while it is not known
     */
    public HttpTransport(HttpTransportSettings settings, LongFunction<@Nullable URI> addresses) {
        this.settings = settings;
        this.addresses = addresses;
        this.codec = new MessageCodec(settings.maxMessageBytes());
        this.signer = settings.sharedSecret() == null ? null : new MessageSigner(settings.sharedSecret());
        for (long member : settings.members()) {
            if (member != settings.pid()) {
                links.put(member, new PeerLink(settings, member, System::nanoTime, counters));
            }
        }
        this.endpoint = new PeerEndpoint(settings, codec, signer, boot, new Inbound(), System::nanoTime);
    }

    /** What peers post to. Answers 503 while this transport is not running. */
    public PeerEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public synchronized void start(Receiver receivingNode) {
        if (watch != null) {
            throw new IllegalStateException("the transport is started once");
        }
        watch = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "omnipaxos-" + settings.pid() + "-peer-watch"));
        watch.setRemoveOnCancelPolicy(true);
        receiver = receivingNode;
        for (PeerLink link : links.values()) {
            PeerClient.PeerState state = new PeerClient.PeerState(link.peer(), boot);
            for (Lane lane : Lane.values()) {
                startLane(link, lane, new PeerClient(settings, codec, signer, state, lane, addresses, watch));
            }
        }
    }

    private void startLane(PeerLink link, Lane lane, PeerClient client) {
        PeerLane.Handover handover = new PeerLane.Handover(this::deliver, this::reconnected);
        PeerLane sender = new PeerLane(settings, lane, link, client, handover, counters, System::nanoTime);
        String name = "omnipaxos-" + settings.pid() + "-peer-" + link.peer() + "-" + lane.wireName();
        Thread thread = daemon(sender, name);
        clients.add(client);
        threads.add(thread);
        thread.start();
    }

    @Override
    public void send(List<Envelope> envelopes) {
        for (Envelope envelope : envelopes) {
            PeerLink link = links.get(envelope.to());
            if (link == null || receiver == null) {
                counters.dropped(1);
            } else {
                link.offer(envelope);
            }
        }
    }

    @Override
    public Map<Long, PeerConnection> connections() {
        Map<Long, PeerConnection> connections = new LinkedHashMap<>();
        links.forEach((pid, link) -> connections.put(pid, link.connection()));
        return connections;
    }

    /** How many messages left with a request that was answered, or with an answer. */
    public long sentMessages() {
        return counters.sent();
    }

    /** How many messages were received and taken. */
    public long receivedMessages() {
        return counters.received();
    }

    /** How many messages were lost here: no room, a request that failed, a receiver that does not run, unknown kinds. */
    public long droppedMessages() {
        return counters.dropped() + codec.unknownMessages();
    }

    @Override
    public synchronized void close() {
        receiver = null;
        links.values().forEach(PeerLink::close);
        clients.forEach(PeerClient::close);
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException whileClosing) {
                interrupted = true;
            }
        }
        if (watch != null) {
            watch.shutdownNow();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        links.values().forEach(link -> link.clear(counters));
    }

    private void reconnected(long pid) {
        Receiver present = receiver;
        if (present != null) {
            present.reconnected(pid);
        }
    }

    private void deliver(Batch batch) {
        Receiver present = receiver;
        for (Envelope envelope : batch.envelopes()) {
            if (present != null && present.received(envelope)) {
                counters.received(1);
            } else {
                counters.dropped(1);
            }
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private final class Inbound implements PeerEndpoint.Inbound {

        @Override
        public boolean isRunning() {
            return receiver != null;
        }

        @Override
        public void received(Batch batch) {
            PeerLink link = links.get(batch.from());
            if (link != null) {
                link.heard();
            }
            deliver(batch);
        }

        @Override
        public List<Envelope> takeWaiting(long pid, Lane lane) {
            PeerLink link = links.get(pid);
            List<Envelope> waiting = link == null ? List.of() : link.takeForAnswer(lane);
            counters.sent(waiting.size());
            return waiting;
        }
    }
}
