package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.transport.MessageCounts;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages to the other members by HTTP, in batches, with one request in flight for each of them and
 * {@link Lane}. A message to a node that is no member leaves with the answer to a request of that node.
 *
 * <p>Received messages come through {@link #endpoint()}, which a {@link PeerFilter} or a {@link PeerServer} serves,
 * and with the answers to this node's own requests. One instance serves one start of a node: it is started once and
 * closed once, and is a new one to its peers each time. Safe for use by any thread.
 */
public final class HttpTransport implements Transport {

    private static final long JOIN_MILLIS = 1_000;

    private final HttpTransportSettings settings;
    private final LongFunction<@Nullable URI> addresses;
    private final String ownUrl;
    private final String boot = UUID.randomUUID().toString();
    private final MessageCodec codec;
    private final @Nullable MessageSigner signer;
    private final Counters counters = new Counters();
    private final Map<Long, Peer> peers = new ConcurrentSkipListMap<>();
    private final Strangers strangers;
    private final PeerEndpoint endpoint;
    private final ScheduledThreadPoolExecutor watch;

    private volatile @Nullable ClusterConfiguration configuration;
    private volatile @Nullable Receiver receiver;
    private boolean started;
    private boolean closed;

    /**
     * Makes a transport that is not running yet and knows of no members.
     *
     * @param settings who this node is and what bounds its requests
     * @param addresses the base URL of a node with its context path, also of this one, asked at each request, so that it
     *     may change; null where it is not known here, then the one in the configuration counts
     */
    public HttpTransport(HttpTransportSettings settings, LongFunction<@Nullable URI> addresses) {
        this(settings, addresses, null);
    }

    /**
     * As above, and tells the others where clients reach this node.
     *
     * @param advertisedUrl a base URL, null if the others are told nothing
     */
    public HttpTransport(
            HttpTransportSettings settings, LongFunction<@Nullable URI> addresses, @Nullable URI advertisedUrl) {
        this.settings = settings;
        this.addresses = addresses;
        this.ownUrl = advertisedUrl == null ? "" : advertisedUrl.toASCIIString();
        this.codec = new MessageCodec(settings.maxMessageBytes());
        this.signer = MessageSigner.of(settings.security());
        this.strangers = new Strangers(settings, System::nanoTime, counters);
        this.endpoint = new PeerEndpoint(settings, codec, signer, boot, ownUrl, new Inbound(), System::nanoTime);
        this.watch = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "peer-watch"));
        this.watch.setRemoveOnCancelPolicy(true);
    }

    /** What peers post to. Answers 503 while this transport is not running. */
    public PeerEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public synchronized void start(Receiver receivingNode) {
        if (started) {
            throw new IllegalStateException("the transport is started once");
        }
        started = true;
        receiver = receivingNode;
        peers.values().forEach(Peer::start);
    }

    /**
     * {@inheritDoc}
     *
     * <p>May be called before the start. A node that is no member any more is still sent what waits for it, for as long
     * as a request may take.
     */
    @Override
    public synchronized void members(ClusterConfiguration next) {
        if (closed) {
            return;
        }
        configuration = next;
        for (long pid : next.peersOf(settings.pid())) {
            String address = next.addresses().get(pid);
            Peer known = peers.get(pid);
            if (known == null) {
                add(new Peer(pid, address));
            } else {
                known.stay(address);
            }
        }
        peers.values().stream().filter(peer -> !next.contains(peer.link.peer())).forEach(this::retire);
    }

    private void add(Peer peer) {
        long pid = peer.link.peer();
        peers.put(pid, peer);
        strangers.remove(pid).forEach(peer.link::offer);
        if (started) {
            peer.start();
        }
    }

    private void retire(Peer peer) {
        if (!started) {
            remove(peer);
        } else if (peer.retirement == null) {
            peer.retirement =
                    watch.schedule(() -> remove(peer), settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void remove(Peer peer) {
        ClusterConfiguration present = configuration;
        if (!closed && present != null && !present.contains(peer.link.peer())) {
            peers.remove(peer.link.peer());
            peer.end();
        }
    }

    @Override
    public void send(List<Envelope> envelopes) {
        for (Envelope envelope : envelopes) {
            Peer peer = peers.get(envelope.to());
            if (receiver == null) {
                counters.dropped(1);
            } else if (peer == null) {
                strangers.offer(envelope);
            } else {
                peer.link.offer(envelope);
            }
        }
    }

    @Override
    public Map<Long, PeerConnection> connections() {
        Map<Long, PeerConnection> connections = new LinkedHashMap<>();
        ClusterConfiguration present = configuration;
        peers.forEach((pid, peer) -> {
            if (present != null && present.contains(pid)) {
                connections.put(pid, peer.link.connection());
            }
        });
        return connections;
    }

    /** Where a member said last that clients reach it, null if it said nothing that is a base URL. */
    public @Nullable URI advertisedUrl(long pid) {
        Peer peer = peers.get(pid);
        return peer == null ? null : peer.url.url();
    }

    @Override
    public MessageCounts messages() {
        return new MessageCounts(counters.sent(), counters.received(), counters.dropped() + codec.unknownMessages());
    }

    @Override
    public synchronized void close() {
        closed = true;
        receiver = null;
        strangers.close();
        peers.values().forEach(Peer::end);
        boolean interrupted = false;
        for (Peer peer : peers.values()) {
            interrupted |= peer.join();
        }
        watch.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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

    /** What this node was told itself wins over what the configuration says, which may be long ago. */
    private @Nullable URI address(long pid, @Nullable String configured) {
        URI told = addresses.apply(pid);
        return told == null && configured != null ? URI.create(configured) : told;
    }

    private Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, "omnipaxos-" + settings.pid() + "-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /** Another node, while this one sends to it by itself. Guarded by the transport, but for the link. */
    private final class Peer {

        private final PeerLink link;
        private final HeardUrl url;
        private final List<Thread> threads = new ArrayList<>();
        private final List<PeerClient> clients = new ArrayList<>();
        private volatile @Nullable String configuredAddress;

        /** Ends it, after it was no member any more for some time. */
        private @Nullable ScheduledFuture<?> retirement;

        private Peer(long pid, @Nullable String address) {
            link = new PeerLink(settings, pid, System::nanoTime, counters);
            url = new HeardUrl(settings.pid(), pid);
            configuredAddress = address;
        }

        private void start() {
            PeerClient.PeerState state = new PeerClient.PeerState(link.peer(), boot, ownUrl, url);
            PeerLane.Handover handover =
                    new PeerLane.Handover(HttpTransport.this::deliver, HttpTransport.this::reconnected);
            for (Lane lane : Lane.values()) {
                PeerClient client = new PeerClient(
                        settings, codec, signer, state, lane, pid -> address(pid, configuredAddress), watch);
                PeerLane sender = new PeerLane(settings, lane, link, client, handover, counters, System::nanoTime);
                clients.add(client);
                threads.add(daemon(sender, "peer-" + link.peer() + "-" + lane.wireName()));
            }
            threads.forEach(Thread::start);
        }

        private void stay(@Nullable String address) {
            configuredAddress = address;
            if (retirement != null) {
                retirement.cancel(false);
                retirement = null;
            }
        }

        private void end() {
            link.close();
            clients.forEach(PeerClient::close);
            threads.forEach(Thread::interrupt);
            link.clear(counters);
        }

        /** Whether the caller was interrupted while it waited for the threads. */
        private boolean join() {
            boolean interrupted = false;
            for (Thread thread : threads) {
                try {
                    thread.join(JOIN_MILLIS);
                } catch (InterruptedException whileClosing) {
                    interrupted = true;
                }
            }
            link.clear(counters);
            return interrupted;
        }
    }

    private final class Inbound implements PeerEndpoint.Inbound {

        @Override
        public boolean isRunning() {
            return receiver != null;
        }

        @Override
        public List<Envelope> exchange(Batch batch, Lane lane, String advertisedUrl) {
            Peer peer = peers.get(batch.from());
            List<Envelope> waiting;
            if (peer == null) {
                waiting = strangers.exchange(batch, lane, () -> deliver(batch));
            } else {
                peer.link.heard();
                peer.url.hear(advertisedUrl);
                deliver(batch);
                waiting = peer.link.takeForAnswer(lane);
            }
            counters.sent(waiting.size());
            return waiting;
        }

        @Override
        public @Nullable ClusterConfiguration members() {
            ClusterConfiguration present = configuration;
            if (present == null) {
                return null;
            }
            SortedMap<Long, String> known = new TreeMap<>();
            for (long pid : present.nodes()) {
                URI address = address(pid, present.addresses().get(pid));
                if (address != null) {
                    known.put(pid, address.toString());
                }
            }
            return present.withAddresses(known);
        }
    }
}
