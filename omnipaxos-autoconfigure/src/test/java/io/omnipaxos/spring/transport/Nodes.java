package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Settings, messages and a receiver that the tests of this package share. */
final class Nodes {

    static final int MAX_BYTES = 64 * 1024;

    private Nodes() {}

    static HttpTransportSettings settings(long pid, @Nullable String secret) {
        return settings(pid, secret, "omnipaxos");
    }

    static HttpTransportSettings settings(long pid, @Nullable String secret, String clusterId) {
        return new HttpTransportSettings(
                clusterId,
                pid,
                Set.of(1L, 2L, 3L),
                "/omnipaxos",
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                MAX_BYTES,
                secret,
                null);
    }

    static Envelope envelope(long from, long to, Message message) {
        return new Envelope("omnipaxos", 1, from, to, message);
    }

    static Envelope heartbeat(long from, long to, long round) {
        return envelope(from, to, new HeartbeatRequest(1, round));
    }

    static Envelope entries(long from, long to, long firstIndex, int bytes) {
        Command command = new Command(new ProposalId(from, 1, firstIndex), 0, 0, new byte[bytes]);
        return envelope(from, to, new AcceptDecide(new Ballot(1, 1, 0, from), firstIndex, List.of(command), 0));
    }

    /** Keeps what arrives. */
    static class Inbox implements Transport.Receiver {

        final BlockingQueue<Envelope> received = new LinkedBlockingQueue<>();
        final BlockingQueue<Long> reconnected = new LinkedBlockingQueue<>();
        final AtomicInteger taken = new AtomicInteger();

        @Override
        public boolean received(Envelope envelope) {
            taken.incrementAndGet();
            return received.add(envelope);
        }

        @Override
        public void reconnected(long pid) {
            reconnected.add(pid);
        }

        Envelope next() throws InterruptedException {
            Envelope envelope = received.poll(10, TimeUnit.SECONDS);
            if (envelope == null) {
                throw new AssertionError("nothing was received");
            }
            return envelope;
        }

        long nextReconnected() throws InterruptedException {
            Long pid = reconnected.poll(10, TimeUnit.SECONDS);
            if (pid == null) {
                throw new AssertionError("nobody reconnected");
            }
            return pid;
        }
    }
}
