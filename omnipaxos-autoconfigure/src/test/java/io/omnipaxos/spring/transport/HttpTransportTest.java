package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.transport.Nodes.Inbox;
import io.omnipaxos.transport.PeerConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes 1 and 2 talk through their own ports. */
class HttpTransportTest {

    private static final String SECRET = "a secret of some length";

    private final Map<Long, URI> addresses = new ConcurrentHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        await().until(() -> peerThreads().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SECRET})
    void messagesArriveInBothDirections(String secret) throws Exception {
        Node one = node(1, secret.isEmpty() ? null : secret);
        Node two = node(2, secret.isEmpty() ? null : secret);

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 5), Nodes.entries(1, 2, 1, 1_000)));
        two.transport.send(List.of(Nodes.heartbeat(2, 1, 6)));

        assertThat(List.of(two.inbox.next(), two.inbox.next()))
                .containsExactlyInAnyOrder(Nodes.heartbeat(1, 2, 5), Nodes.entries(1, 2, 1, 1_000));
        assertThat(one.inbox.next()).isEqualTo(Nodes.heartbeat(2, 1, 6));
        assertThat(one.inbox.nextReconnected()).isEqualTo(2);
        assertThat(two.inbox.nextReconnected()).isEqualTo(1);
        PeerConnection connection = connection(one, 2);
        assertThat(connection.reachable()).isTrue();
        assertThat(connection.error()).isNull();
        assertThat(connection.roundTrip()).isPositive();
        assertThat(connection.lastContact()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SECRET})
    void eachLearnsWhereClientsReachTheOther(String secret) throws Exception {
        String given = secret.isEmpty() ? null : secret;
        Node one = node(1, given, "https://one.example:8443/app");
        Node two = node(2, given, null);

        two.transport.send(List.of(Nodes.heartbeat(2, 1, 1)));
        one.inbox.next();
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        two.inbox.next();

        await().until(() -> two.transport.advertisedUrl(1) != null);
        assertThat(two.transport.advertisedUrl(1)).isEqualTo(URI.create("https://one.example:8443/app"));
        assertThat(one.transport.advertisedUrl(2)).isNull();
        assertThat(one.transport.advertisedUrl(9)).isNull();
    }

    @Test
    void whatANodeSaysOfClientsIsForgottenWhenItSaysNothingMore() throws Exception {
        int port = FreePorts.one();
        Node one = node(1, SECRET, (String) null);
        Node two = start(Nodes.settings(2, SECRET), port, new Inbox(), "https://two.example");
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        await().until(() -> one.transport.advertisedUrl(2) != null);

        two.close();
        Node again = node(2, SECRET, port);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 2)));
        again.inbox.next();

        await().until(() -> one.transport.advertisedUrl(2) == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://two.example", "https://user@two.example", "/two", "https://two.example/?a=b"})
    void whatIsNoBaseUrlIsPassedOver(String malformed) throws Exception {
        Node one = node(1, SECRET, (String) null);
        Node two = node(2, SECRET, malformed);

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        two.inbox.next();
        two.transport.send(List.of(Nodes.heartbeat(2, 1, 1)));
        one.inbox.next();

        assertThat(one.transport.advertisedUrl(2)).isNull();
        assertThat(connection(one, 2).reachable()).isTrue();
    }

    @Test
    void theLogArrivesInOrderAndInFull() throws Exception {
        Node one = node(1, SECRET);
        Node two = node(2, SECRET);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        one.inbox.nextReconnected();
        two.inbox.next();

        List<Envelope> sent = new ArrayList<>();
        for (int index = 1; index <= 2_000; index++) {
            Envelope envelope = Nodes.entries(1, 2, index, 4_000);
            sent.add(envelope);
            one.transport.send(List.of(envelope));
            if (index % 100 == 0) {
                int all = index + 1;
                await().pollInterval(Duration.ofMillis(2)).until(() -> two.inbox.taken.get() == all);
            }
        }

        assertThat(two.inbox.received).containsExactlyElementsOf(sent);
        assertThat(one.transport.messages().dropped()).isZero();
        // Counted after the answer is there.
        await().until(() -> one.transport.messages().sent() == 2_001);
        assertThat(two.transport.messages().received()).isEqualTo(2_001);
    }

    @Test
    void aPeerThatIsStartedLaterIsReportedOnceAndGetsWhatIsNew() throws Exception {
        int port = FreePorts.one();
        addresses.put(2L, URI.create("http://127.0.0.1:" + port));
        Node one = node(1, SECRET);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error())
                .isEqualTo("connection refused: http://127.0.0.1:" + port + "/omnipaxos/messages");

        Node two = node(2, SECRET, port);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 2)));

        assertThat(two.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 2));
        assertThat(one.inbox.nextReconnected()).isEqualTo(2);
        assertThat(connection(one, 2).reachable()).isTrue();
        assertThat(connection(one, 2).error()).isNull();
        assertThat(one.inbox.reconnected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SECRET})
    void aPeerThatIsStartedAnewIsReported(String secret) throws Exception {
        String given = secret.isEmpty() ? null : secret;
        int port = FreePorts.one();
        Node one = node(1, given);
        Node two = node(2, given, port);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        assertThat(two.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 1));
        assertThat(one.inbox.nextReconnected()).isEqualTo(2);
        await().until(() -> one.transport.messages().sent() == 1);

        two.close();
        Node again = node(2, given, port);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 2)));
        again.transport.send(List.of(Nodes.heartbeat(2, 1, 3)));

        assertThat(again.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 2));
        assertThat(one.inbox.next()).isEqualTo(Nodes.heartbeat(2, 1, 3));
        assertThat(one.inbox.nextReconnected()).isEqualTo(2);
    }

    @Test
    void aPeerThatCannotBeReachedGetsItsMessagesWithItsAnswers() throws Exception {
        Node one = node(1, SECRET);
        Node two = node(2, SECRET);
        addresses.put(2L, URI.create("http://127.0.0.1:" + FreePorts.one()));
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        await().until(() -> connection(one, 2).error() != null);

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 2), Nodes.entries(1, 2, 1, 100)));
        two.transport.send(List.of(Nodes.heartbeat(2, 1, 3)));
        assertThat(one.inbox.next()).isEqualTo(Nodes.heartbeat(2, 1, 3));
        assertThat(two.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 2));
        two.transport.send(List.of(Nodes.heartbeat(2, 1, 4)));

        assertThat(two.inbox.next()).isEqualTo(Nodes.entries(1, 2, 1, 100));
        assertThat(connection(one, 2).reachable()).isFalse();
        assertThat(connection(one, 2).lastContact()).isNotNull();
    }

    @Test
    void aReplyMadeWhileTheRequestIsHeldLeavesWithItsAnswer() throws Exception {
        Node two = node(2, SECRET);
        Node[] one = new Node[1];
        one[0] = node(1, SECRET, 0, new Inbox() {
            @Override
            public boolean received(Envelope envelope) {
                one[0].transport.send(List.of(Nodes.heartbeat(1, 2, 77)));
                return super.received(envelope);
            }
        });
        addresses.put(2L, URI.create("http://127.0.0.1:" + FreePorts.one()));
        one[0].transport.send(List.of(Nodes.entries(1, 2, 1, 100)));
        await().until(() -> connection(one[0], 2).error() != null);

        two.transport.send(List.of(Nodes.heartbeat(2, 1, 3)));

        assertThat(two.inbox.next()).isEqualTo(Nodes.entries(1, 2, 1, 100));
        assertThat(two.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 77));
    }

    @Test
    void nodesWithDifferentSecretsSaySo() {
        Node one = node(1, SECRET);
        node(2, "another secret");

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));

        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error())
                .isEqualTo("401: the signature does not match; do both nodes have the same shared-secret?");
        assertThat(one.inbox.reconnected).isEmpty();
    }

    @Test
    void aNodeOfAnotherClusterSaysSo() {
        Node one = node(1, null);
        Inbox inbox = new Inbox();
        start(Nodes.settings(2, null, "elsewhere"), 0, inbox);

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));

        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error()).startsWith("403: this node belongs to the cluster elsewhere");
        assertThat(inbox.received).isEmpty();
    }

    @Test
    void anAddressThatIsNotKnownYetIsAskedForAgain() throws Exception {
        Node one = node(1, null);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error())
                .isEqualTo(
                        "no address of node 2 is known: set omnipaxos.peers.2 on this node, or name its URL when the cluster"
                                + " is reconfigured");

        Node two = node(2, null);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 2)));

        assertThat(two.inbox.next()).isEqualTo(Nodes.heartbeat(1, 2, 2));
    }

    @Test
    void aMessageThatIsTooLargeIsDroppedAndTheNextOneArrives() throws Exception {
        Node one = node(1, SECRET);
        Node two = node(2, SECRET);
        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        two.inbox.next();

        one.transport.send(List.of(Nodes.entries(1, 2, 1, Nodes.MAX_BYTES)));
        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error()).contains("transport.max-message-size is " + Nodes.MAX_BYTES);
        assertThat(connection(one, 2).reachable()).isTrue();
        one.transport.send(List.of(Nodes.entries(1, 2, 2, 100)));

        assertThat(two.inbox.next()).isEqualTo(Nodes.entries(1, 2, 2, 100));
        assertThat(one.transport.messages().dropped()).isEqualTo(1);
        await().until(() -> connection(one, 2).error() == null);
    }

    @Test
    void whatCannotBeSentIsDroppedAndCounted() {
        HttpTransport transport = Nodes.transport(Nodes.settings(1, null), addresses::get);
        transport.send(List.of(Nodes.heartbeat(1, 2, 1)));
        open.add(transport);
        transport.start(new Inbox());
        transport.send(List.of(Nodes.heartbeat(1, 9, 1)));

        assertThat(transport.messages().dropped()).isEqualTo(2);
        assertThat(transport.connections()).containsOnlyKeys(2L, 3L).containsEntry(3L, PeerConnection.UNTRIED);
    }

    @Test
    void aNodeThatIsClosedAnswersThatItDoesNotRun() {
        Node one = node(1, SECRET);
        Node two = node(2, SECRET);
        two.transport.close();

        one.transport.send(List.of(Nodes.heartbeat(1, 2, 1)));

        await().until(() -> connection(one, 2).error() != null);
        assertThat(connection(one, 2).error()).isEqualTo("503: node 2 is not running");
    }

    @Test
    void threadsAreNamedAndAreDaemons() {
        node(1, null);

        assertThat(peerThreads())
                .contains(
                        "omnipaxos-1-peer-2-heartbeat",
                        "omnipaxos-1-peer-2-log",
                        "omnipaxos-1-peer-3-heartbeat",
                        "omnipaxos-1-peer-3-log");
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("omnipaxos-"))
                .allMatch(Thread::isDaemon);
    }

    private static List<String> peerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("omnipaxos-"))
                .toList();
    }

    private static PeerConnection connection(Node node, long peer) {
        return Objects.requireNonNull(node.transport.connections().get(peer));
    }

    private Node node(long pid, @Nullable String secret) {
        return node(pid, secret, 0);
    }

    private Node node(long pid, @Nullable String secret, int port) {
        return node(pid, secret, port, new Inbox());
    }

    private Node node(long pid, @Nullable String secret, int port, Inbox inbox) {
        return start(Nodes.settings(pid, secret), port, inbox);
    }

    private Node node(long pid, @Nullable String secret, @Nullable String advertisedUrl) {
        return start(Nodes.settings(pid, secret), 0, new Inbox(), advertisedUrl);
    }

    private Node start(HttpTransportSettings settings, int port, Inbox inbox) {
        return start(settings, port, inbox, null);
    }

    private Node start(HttpTransportSettings settings, int port, Inbox inbox, @Nullable String advertisedUrl) {
        HttpTransport transport = new HttpTransport(
                Nodes.patient(settings), addresses::get, advertisedUrl == null ? null : URI.create(advertisedUrl));
        transport.members(Nodes.members(1L, 2L, 3L));
        PeerServer server = new PeerServer(transport.endpoint(), port);
        server.open();
        transport.start(inbox);
        addresses.put(settings.pid(), URI.create("http://127.0.0.1:" + server.port()));
        Node node = new Node(transport, server, inbox);
        open.add(node);
        return node;
    }

    private record Node(HttpTransport transport, PeerServer server, Inbox inbox) implements AutoCloseable {
        @Override
        public void close() {
            transport.close();
            server.close();
        }
    }
}
