package io.omnipaxos.spring.transport;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.spring.transport.PeerHttp.Answer;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/**
 * Posts batches to one peer on one lane, one at a time, over one connection that is kept. Used by one thread;
 * {@link #close()} by any.
 */
final class PeerClient implements AutoCloseable {

    private final HttpTransportSettings settings;
    private final MessageCodec codec;
    private final PeerState state;
    private final Lane lane;
    private final LongFunction<@Nullable URI> addresses;
    private final PeerHttp http;

    /** Whether the last request was answered, so that the next one may meet a connection closed since. */
    private boolean kept;

    PeerClient(
            HttpTransportSettings settings,
            MessageCodec codec,
            @Nullable MessageSigner signer,
            PeerState state,
            Lane lane,
            LongFunction<@Nullable URI> addresses,
            ScheduledExecutorService watch) {
        this.settings = settings;
        this.codec = codec;
        this.state = state;
        this.lane = lane;
        this.addresses = addresses;
        this.http = new PeerHttp(
                settings,
                signer,
                lane == Lane.HEARTBEAT ? settings.electionTimeout().dividedBy(2) : settings.requestTimeout(),
                watch);
    }

    /** Names of one peer that its two lanes share. */
    record PeerState(long peer, String boot, String ownUrl, HeardUrl url, AtomicLong counter, AtomicSession session) {

        /**
         * Begins anew.
         *
         * @param ownUrl where clients reach this node, empty if that is not to be told
         * @param url told what the peer says of itself
         */
        PeerState(long peer, String boot, String ownUrl, HeardUrl url) {
            this(peer, boot, ownUrl, url, new AtomicLong(), new AtomicSession());
        }
    }

    /** The session that the peer opened for this boot, empty until it did. */
    static final class AtomicSession {
        private volatile String name = "";
    }

    /**
     * Sends a batch and waits for the answer.
     *
     * @param envelopes may be empty, to see whether the peer answers
     * @return what the peer had for this node
     * @throws PeerFailure if there was no answer that counts; the connection is closed then
     */
    Batch exchange(List<Envelope> envelopes) throws PeerFailure {
        URI address = address();
        byte[] body = encode(envelopes);
        try {
            Answer answer = postAgainIfStale(address, body);
            if (!answer.session().isEmpty()) {
                state.session().name = answer.session();
                answer = post(address, body);
            }
            Batch batch = batchOf(answer, address);
            state.url().hear(answer.advertisedUrl());
            kept = true;
            return batch;
        } catch (PeerFailure failure) {
            closeConnection();
            throw failure;
        }
    }

    /** Throws the kept connection away, unless a request is under way on it. */
    void closeConnection() {
        kept = false;
        http.closeConnection();
    }

    @Override
    public void close() {
        http.close();
    }

    private URI address() throws PeerFailure {
        try {
            URI base = addresses.apply(state.peer());
            if (base == null) {
                throw PeerFailure.unreachable("no address of node " + state.peer() + " is known: set omnipaxos.peers."
                        + state.peer() + " on this node, or name its URL when the cluster is reconfigured");
            }
            return settings.address(base, PeerService.MESSAGES);
        } catch (RuntimeException unusable) {
            throw PeerFailure.unreachable("the address of node " + state.peer() + " cannot be used: "
                    + unusable.getMessage() + "; set omnipaxos.peers." + state.peer() + " on this node");
        }
    }

    private byte[] encode(List<Envelope> envelopes) throws PeerFailure {
        byte[] body =
                codec.encode(new Batch(settings.clusterId(), settings.pid(), state.peer(), state.boot(), envelopes));
        if (body.length > settings.maxMessageBytes()) {
            throw PeerFailure.batchRefused("a message takes " + body.length + " bytes, transport.max-message-size is "
                    + settings.maxMessageBytes());
        }
        return body;
    }

    /**
     * A server may close a kept connection just when the next request is on its way. That is no failure of the peer, so
     * it is tried again once, on a new connection.
     */
    private Answer postAgainIfStale(URI address, byte[] body) throws PeerFailure {
        boolean mayBeStale = kept;
        try {
            return post(address, body);
        } catch (PeerFailure failure) {
            Throwable cause = failure.getCause();
            boolean closedByPeer = cause instanceof NoHttpResponseException
                    || (cause != null && cause.getClass() == SocketException.class);
            if (!mayBeStale || !closedByPeer) {
                throw failure;
            }
            closeConnection();
            return post(address, body);
        }
    }

    private Answer post(URI address, byte[] body) throws PeerFailure {
        RequestIdentity identity = new RequestIdentity(
                settings.pid(),
                state.peer(),
                state.boot(),
                state.counter().incrementAndGet(),
                state.session().name,
                lane,
                state.ownUrl());
        return http.post(address, identity, body);
    }

    private Batch batchOf(Answer answer, URI address) throws PeerFailure {
        http.checkGood(answer, address);
        try {
            Batch batch = codec.decode(answer.body());
            if (!batch.clusterId().equals(settings.clusterId())
                    || batch.from() != state.peer()
                    || batch.to() != settings.pid()) {
                throw PeerFailure.unreachable("answered by node " + batch.from()
                        + " of another name or cluster; compare pid, peers and cluster-id: " + address);
            }
            return batch;
        } catch (MalformedBodyException malformed) {
            throw PeerFailure.unreachable("the answer cannot be read (" + malformed.getMessage() + "): " + address);
        }
    }
}
