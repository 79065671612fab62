package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.spring.node.TransportFactory;
import io.omnipaxos.spring.transport.HttpTransport;
import io.omnipaxos.spring.transport.PeerEndpoint;
import io.omnipaxos.spring.transport.PeerServer;
import io.omnipaxos.transport.MessageCounts;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the HTTP transport of each start of the node, with a server of its own if there is a port for peers, and knows
 * the present one for the filter on the application's port.
 */
final class HttpTransportFactory implements TransportFactory {

    private final Supplier<HttpTransport> transports;
    private final @Nullable Integer port;
    private volatile @Nullable HttpTransport present;

    /**
     * @param transports makes a transport that was never started
     * @param port for peers alone, null if they use the application's
     */
    HttpTransportFactory(Supplier<HttpTransport> transports, @Nullable Integer port) {
        this.transports = transports;
        this.port = port;
    }

    @Override
    public Transport create() {
        HttpTransport created = transports.get();
        present = created;
        return port == null ? created : new WithServer(created, new PeerServer(created.endpoint(), port));
    }

    /** What peers post to, null before the first start. */
    @Nullable
    PeerEndpoint endpoint() {
        HttpTransport transport = present;
        return transport == null ? null : transport.endpoint();
    }

    /** Where a member said last that clients reach it, null if it said nothing. */
    @Nullable
    URI advertisedUrl(long pid) {
        HttpTransport transport = present;
        return transport == null ? null : transport.advertisedUrl(pid);
    }

    /** The port for peers is opened before the first message is sent, and closed after the last. */
    private record WithServer(HttpTransport transport, PeerServer server) implements Transport {

        @Override
        public void start(Receiver receiver) {
            server.open();
            transport.start(receiver);
        }

        @Override
        public void send(List<Envelope> envelopes) {
            transport.send(envelopes);
        }

        @Override
        public void members(ClusterConfiguration configuration) {
            transport.members(configuration);
        }

        @Override
        public Map<Long, PeerConnection> connections() {
            return transport.connections();
        }

        @Override
        public MessageCounts messages() {
            return transport.messages();
        }

        @Override
        public void close() {
            transport.close();
            server.close();
        }
    }
}
