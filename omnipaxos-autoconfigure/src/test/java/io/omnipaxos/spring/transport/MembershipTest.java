package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.message.LearningMessage.Fetch;
import io.omnipaxos.spring.transport.Nodes.Inbox;
import io.omnipaxos.transport.PeerConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members come and go while their transports run, over real connections. */
@Timeout(60)
class MembershipTest {

    private static final String SECRET = "a secret of some length";

    /** What the properties of every node say. */
    private final Map<Long, URI> properties = new ConcurrentHashMap<>();

    private final Map<Long, String> urls = new ConcurrentHashMap<>();
    private final AtomicLong round = new AtomicLong();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        await().until(() -> threadsTo("").isEmpty());
    }

    @Test
    void aNodeThatBecomesAMemberIsSentToAtTheAddressOfTheConfiguration() throws Exception {
        Node one = node(1, SECRET, Nodes.members(1L));
        Node two = node(2, SECRET, Nodes.members(1L));
        one.send(Nodes.heartbeat(1, 2, 1));
        assertThat(one.transport.connections()).isEmpty();

        one.transport.members(Nodes.membersAt(2, urls, 1L, 2L));

        assertHears(two, one);
        assertThat(one.inbox.nextReconnected()).isEqualTo(2);
        assertThat(one.transport.connections()).containsOnlyKeys(2L);
    }

    @Test
    void theAddressOfThePropertiesWins() throws Exception {
        Node one = node(1, null, Nodes.members(1L));
        Node two = node(2, null, Nodes.members(1L));
        properties.put(2L, URI.create(url(2)));

        one.transport.members(Nodes.membersAt(2, Map.of(2L, "http://127.0.0.1:1"), 1L, 2L));

        assertHears(two, one);
    }

    @Test
    void aMemberWithoutAnyAddressIsReportedWithWhatToDo() {
        Node one = node(1, null, Nodes.members(1L));

        one.transport.members(Nodes.members(1L, 4L));
        one.send(Nodes.heartbeat(1, 4, 1));

        await().until(() -> connection(one, 4).error() != null);
        assertThat(connection(one, 4).error())
                .startsWith("no address of node 4 is known: set omnipaxos.peers.4 on this node");
    }

    @Test
    void anAddressOfTheConfigurationThatCannotBeUsedIsReported() {
        Node one = node(1, null, Nodes.members(1L));

        one.transport.members(Nodes.membersAt(2, Map.of(4L, "not a url"), 1L, 4L));
        one.send(Nodes.heartbeat(1, 4, 1));

        await().until(() -> connection(one, 4).error() != null);
        assertThat(connection(one, 4).error()).startsWith("the address of node 4 cannot be used: ");
    }

    @Test
    void aNodeThatIsRemovedStillGetsWhatWaitsAndIsThenLeftAlone() throws Exception {
        Node one = node(1, SECRET, Nodes.members(1L));
        Node two = node(2, SECRET, Nodes.members(1L));
        one.transport.members(Nodes.membersAt(2, urls, 1L, 2L));
        assertHears(two, one);

        one.transport.members(Nodes.membersAt(3, Map.of(), 1L));
        one.send(Nodes.envelope(1, 2, new Ahead(9)));

        await().until(() -> two.inbox.received.contains(Nodes.envelope(1, 2, new Ahead(9))));
        assertThat(one.transport.connections()).isEmpty();
        await().until(() -> threadsTo("omnipaxos-1-peer-2-").isEmpty());
    }

    @Test
    void aNodeThatIsRemovedAndReadmittedStaysConnected() throws Exception {
        Node one = node(1, null, Nodes.members(1L));
        Node two = node(2, null, Nodes.members(1L));
        one.transport.members(Nodes.membersAt(2, urls, 1L, 2L));
        assertHears(two, one);
        List<Thread> threads = threadsTo("omnipaxos-1-peer-2-");

        one.transport.members(Nodes.membersAt(3, Map.of(), 1L));
        one.transport.members(Nodes.membersAt(4, urls, 1L, 2L));

        assertHears(two, one);
        assertThat(threadsTo("omnipaxos-1-peer-2-")).containsExactlyInAnyOrderElementsOf(threads);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SECRET})
    void aNodeThatIsNoMemberPullsThroughItsOwnRequests(String given) throws Exception {
        String secret = given.isEmpty() ? null : given;
        Node[] one = new Node[1];
        one[0] = node(1, secret, Nodes.members(1L), new Inbox() {
            @Override
            public boolean received(Envelope envelope) {
                Fetch fetch = (Fetch) envelope.message();
                one[0].send(Nodes.piece(1, 4, fetch.snapshotOffset(), Nodes.MAX_BYTES / 2));
                return super.received(envelope);
            }
        });
        Node learner = node(4, secret, Nodes.membersAt(1, urls, 1L));

        for (int i = 0; i < 20; i++) {
            Envelope question = Nodes.envelope(4, 1, new Fetch(1, 7, i, null));
            Envelope answer = Nodes.piece(1, 4, i, Nodes.MAX_BYTES / 2);

            awaitWhileSending(learner, question, () -> learner.inbox.received.contains(answer));
        }
        assertThat(one[0].transport.connections()).isEmpty();
        assertThat(learner.inbox.nextReconnected()).isEqualTo(1);
    }

    @Test
    void whatWaitsForALearnerGoesToItWhenItBecomesAMember() throws Exception {
        Node one = node(1, SECRET, Nodes.members(1L));
        Node learner = node(4, SECRET, Nodes.membersAt(1, urls, 1L));
        awaitWhileSending(
                learner,
                Nodes.envelope(4, 1, Nodes.fetch(1)),
                () -> learner.transport.messages().sent() > 0);
        one.send(Nodes.piece(1, 4, 0, 100));

        one.transport.members(Nodes.membersAt(2, urls, 1L, 4L));

        await().until(() -> learner.inbox.received.contains(Nodes.piece(1, 4, 0, 100)));
    }

    @Test
    void aNodeThatIsToJoinLearnsTheMembersAndTheirAddresses() throws Exception {
        SortedMap<Long, UUID> storages = new TreeMap<>(Map.of(1L, new UUID(1, 1), 3L, new UUID(3, 3)));
        node(
                1,
                SECRET,
                Nodes.membersAt(6, Map.of(1L, "http://one", 2L, "http://two"), 1L, 2L, 3L)
                        .with(storages));
        properties.put(2L, URI.create("http://two-as-seen-from-one"));

        try (MembersClient client = new MembersClient(Nodes.settings(4, SECRET))) {
            assertThat(client.ask(URI.create(url(1) + "/")))
                    .isEqualTo(
                            Nodes.membersAt(6, Map.of(1L, "http://one", 2L, "http://two-as-seen-from-one"), 1L, 2L, 3L)
                                    .with(storages));
        }
    }

    @Test
    void theAddressThatWasAskedStandsForANodeThatDoesNotKnowItsOwn() throws Exception {
        node(1, null, Nodes.members(1L, 2L));

        try (MembersClient client = new MembersClient(Nodes.settings(4, null))) {
            assertThat(client.ask(URI.create(url(1)))).isEqualTo(Nodes.membersAt(1, Map.of(1L, url(1)), 1L, 2L));
        }
    }

    @Test
    void aNodeThatIsRefusedIsToldWhy() {
        node(1, SECRET, Nodes.members(1L));

        assertRefused(Nodes.settings(4, "another secret"), "401: the signature does not match");
        assertRefused(Nodes.settings(4, null), "401: the request is not signed");
        assertRefused(Nodes.settings(4, SECRET, "elsewhere"), "403: this node belongs to the cluster omnipaxos");
        assertRefused(Nodes.settings(1, SECRET), "409: the sender says that it is node 1, but that is this node");
    }

    /** As a node does it: a message may be lost, and is sent again. */
    private static void awaitWhileSending(Node from, Envelope envelope, BooleanSupplier arrived) {
        await().until(() -> {
            from.send(envelope);
            return arrived.getAsBoolean();
        });
    }

    private void assertHears(Node hearing, Node sending) {
        Envelope heartbeat = Nodes.heartbeat(sending.pid(), hearing.pid(), round.incrementAndGet());
        awaitWhileSending(sending, heartbeat, () -> hearing.inbox.received.contains(heartbeat));
    }

    private void assertRefused(HttpTransportSettings settings, String words) {
        try (MembersClient client = new MembersClient(settings)) {
            assertThatExceptionOfType(PeerFailure.class)
                    .isThrownBy(() -> client.ask(URI.create(url(1))))
                    .withMessageStartingWith(words);
        }
    }

    private String url(long pid) {
        return Objects.requireNonNull(urls.get(pid));
    }

    private static PeerConnection connection(Node node, long peer) {
        return Objects.requireNonNull(node.transport.connections().get(peer));
    }

    private static List<Thread> threadsTo(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix.isEmpty() ? "omnipaxos-" : prefix))
                .toList();
    }

    private Node node(long pid, @Nullable String secret, ClusterConfiguration members) {
        return node(pid, secret, members, new Inbox());
    }

    private Node node(long pid, @Nullable String secret, ClusterConfiguration members, Inbox inbox) {
        HttpTransport transport = new HttpTransport(Nodes.settings(pid, secret), properties::get);
        PeerServer server = new PeerServer(transport.endpoint(), 0);
        server.open();
        urls.put(pid, "http://127.0.0.1:" + server.port());
        transport.members(members);
        transport.start(inbox);
        Node node = new Node(pid, transport, server, inbox);
        open.add(node);
        return node;
    }

    private record Node(long pid, HttpTransport transport, PeerServer server, Inbox inbox) implements AutoCloseable {

        private void send(Envelope envelope) {
            transport.send(List.of(envelope));
        }

        @Override
        public void close() {
            transport.close();
            server.close();
        }
    }
}
