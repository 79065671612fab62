package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import java.net.URI;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks a node of a cluster who its members are, as a node does that is to join them. Asks once for each call. Used by one
 * thread; {@link #close()} by any, which ends a running call.
 */
public final class MembersClient implements AutoCloseable {

    private final HttpTransportSettings settings;
    private final MembersCodec codec;
    private final String boot = UUID.randomUUID().toString();
    private final AtomicLong counter = new AtomicLong();

    /** The one that the node asked last opened for this client, empty before that. */
    private String session = "";

    private final ScheduledThreadPoolExecutor watch;
    private final PeerHttp http;

    /**
     * Makes a client without a connection.
     *
     * @param settings those of this node's transport
     */
    public MembersClient(HttpTransportSettings settings) {
        this.settings = settings;
        this.codec = new MembersCodec(settings.maxMessageBytes());
        this.watch = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "omnipaxos-" + settings.pid() + "-join-watch");
            thread.setDaemon(true);
            return thread;
        });
        this.watch.setRemoveOnCancelPolicy(true);
        this.http = new PeerHttp(settings, MessageSigner.of(settings.security()), settings.requestTimeout(), watch);
    }

    /**
     * Asks one node.
     *
     * @param node its base URL with its context path
     * @return the configuration in force as far as the node knows, with the addresses that it knows, and its own
     * @throws PeerFailure if there was no answer that counts
     */
    public ClusterConfiguration ask(URI node) throws PeerFailure {
        URI address = address(node);
        try {
            PeerHttp.Answer answer = post(address);
            if (!answer.session().isEmpty()) {
                session = answer.session();
                answer = post(address);
            }
            http.checkGood(answer, address);
            return withItsAddress(codec.decodeAnswer(answer.body()), node);
        } catch (MalformedBodyException malformed) {
            throw PeerFailure.unreachable("the answer cannot be read (" + malformed.getMessage() + "): " + address);
        } finally {
            http.closeConnection();
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
        http.close();
    }

    private URI address(URI node) throws PeerFailure {
        try {
            return settings.address(node, PeerService.MEMBERS);
        } catch (IllegalArgumentException unusable) {
            throw PeerFailure.unreachable("the address of a member cannot be used: " + unusable.getMessage());
        }
    }

    private PeerHttp.Answer post(URI address) throws PeerFailure {
        RequestIdentity identity = new RequestIdentity(
                settings.pid(), RequestIdentity.ANYBODY, boot, counter.incrementAndGet(), session, Lane.LOG, "");
        return http.post(
                address, identity, codec.encode(new MembersCodec.Question(settings.clusterId(), settings.pid())));
    }

    /** At that address the node was reached just now, whatever it knows of itself. */
    private ClusterConfiguration withItsAddress(MembersCodec.Answer answer, URI node) throws PeerFailure {
        if (!answer.cluster().equals(settings.clusterId())) {
            throw PeerFailure.unreachable(
                    "answered by a node of the cluster " + answer.cluster() + "; compare cluster-id: " + node);
        }
        ClusterConfiguration configuration = answer.configuration();
        SortedMap<Long, String> addresses = new TreeMap<>(configuration.addresses());
        if (configuration.contains(answer.from())) {
            addresses.putIfAbsent(answer.from(), node.toString());
        }
        return configuration.withAddresses(addresses);
    }
}
