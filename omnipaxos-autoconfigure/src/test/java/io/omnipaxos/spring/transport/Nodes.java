package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.message.ElectionMessage.HeartbeatRequest;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.message.LearningMessage.SnapshotPiece;
import io.omnipaxos.message.Message;
import io.omnipaxos.message.ReplicationMessage.AcceptDecide;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Settings, messages and a receiver that the tests of this package share. */
final class Nodes {

    static final int MAX_BYTES = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Nodes() {}

    static ClusterConfiguration members(Long... pids) {
        return ClusterConfiguration.majority(1, List.of(pids));
    }

    static ClusterConfiguration membersAt(long id, Map<Long, String> addresses, Long... pids) {
        return new ClusterConfiguration(id, List.of(pids), Quorums.majority(pids.length), new TreeMap<>(addresses));
    }

    /** A transport of three members. */
    static HttpTransport transport(HttpTransportSettings settings, LongFunction<@Nullable URI> addresses) {
        HttpTransport transport = new HttpTransport(settings, addresses);
        transport.members(members(1L, 2L, 3L));
        return transport;
    }

    static HttpTransportSettings settings(long pid, @Nullable String secret) {
        return settings(pid, secret, "omnipaxos");
    }

    static HttpTransportSettings settings(long pid, @Nullable String secret, String clusterId) {
        return secured(pid, secret == null ? PeerSecurity.NONE : PeerSecurity.sharedSecret(secret), clusterId);
    }

    static HttpTransportSettings secured(long pid, PeerSecurity security) {
        return secured(pid, security, "omnipaxos");
    }

    /** Of a node that was configured with neither peers nor proof. */
    static HttpTransportSettings alone(long pid) {
        return of(pid, PeerSecurity.NONE, "omnipaxos", false);
    }

    private static HttpTransportSettings secured(long pid, PeerSecurity security, String clusterId) {
        return of(pid, security, clusterId, true);
    }

    private static HttpTransportSettings of(long pid, PeerSecurity security, String clusterId, boolean hearsUnproven) {
        return new HttpTransportSettings(
                clusterId,
                pid,
                "/omnipaxos",
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                MAX_BYTES,
                security,
                hearsUnproven);
    }

    /** The same, with the patience that a busy machine may ask for: of tests that are not about time. */
    static HttpTransportSettings patient(HttpTransportSettings settings) {
        return new HttpTransportSettings(
                settings.clusterId(),
                settings.pid(),
                settings.path(),
                PATIENCE,
                PATIENCE,
                PATIENCE,
                settings.maxMessageBytes(),
                settings.security(),
                settings.hearsUnproven());
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

    static Fetch fetch(long nextIndex) {
        return new Fetch(nextIndex, 0, 0, null);
    }

    static Envelope piece(long from, long to, long offset, int bytes) {
        SnapshotInfo snapshot = new SnapshotInfo(7, members(1L, 2L, 3L), 1L << 40, 1);
        return envelope(from, to, new SnapshotPiece(snapshot, offset, new byte[bytes], Ballot.NONE));
    }

    /** A thread for each task: the common pool may have but one, and these wait. */
    static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "test-task");
        thread.setDaemon(true);
        thread.start();
    };

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
            Envelope envelope = received.poll(30, TimeUnit.SECONDS);
            if (envelope == null) {
                throw new AssertionError("nothing was received");
            }
            return envelope;
        }

        long nextReconnected() throws InterruptedException {
            Long pid = reconnected.poll(30, TimeUnit.SECONDS);
            if (pid == null) {
                throw new AssertionError("nobody reconnected");
            }
            return pid;
        }
    }
}
