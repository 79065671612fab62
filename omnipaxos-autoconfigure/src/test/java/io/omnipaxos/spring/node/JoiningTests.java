package io.omnipaxos.spring.node;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.cluster.Quorums;
import io.omnipaxos.effect.Membership;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.NodeStatus;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.FreePorts;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.transport.HttpTransport;
import io.omnipaxos.spring.transport.HttpTransportSettings;
import io.omnipaxos.spring.transport.MembersClient;
import io.omnipaxos.spring.transport.PeerSecurity;
import io.omnipaxos.spring.transport.PeerServer;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.StorageException;
import io.omnipaxos.storage.memory.MemoryStorage;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Node 4 joins nodes 1, 2 and 3, which are in configuration 6. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class JoiningTests {

    private static final String SECRET = "a secret of some length";
    private static final ClusterConfiguration ALONE = ClusterConfiguration.majority(1, List.of(4L));

    private final MemoryStorage storage = new MemoryStorage();
    private final List<ClusterConfiguration> toldToTheTransport = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private volatile @Nullable URI member;
    private volatile @Nullable Error fault;
    private final List<OmniPaxosNode> made = new CopyOnWriteArrayList<>();
    private final RestartableNode node = node(NoMessages::new);

    private RestartableNode node(TransportFactory transports) {
        NodeFactory factory = new NodeFactory(
                NodeSettings.defaults("omnipaxos", 4, ALONE),
                () -> storage,
                transports,
                this::make,
                this::memberToAsk,
                () -> new MembersClient(http(4, SECRET)));
        return new RestartableNode(factory, Activities.UNOBSERVED);
    }

    private @Nullable URI memberToAsk() {
        Error present = fault;
        if (present != null) {
            throw present;
        }
        return member;
    }

    private OmniPaxosNode make(NodeSettings settings, Storage open, Transport transport) {
        assertThat(open).isSameAs(storage);
        OmniPaxosNode next = mock(OmniPaxosNode.class);
        NodeStatus status = mock(NodeStatus.class);
        given(status.configuration()).willReturn(settings.configuration());
        given(next.settings()).willReturn(settings);
        given(next.status()).willReturn(status);
        made.add(next);
        return next;
    }

    @AfterEach
    void closeAll() throws Exception {
        node.close();
        for (AutoCloseable each : open) {
            each.close();
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("omnipaxos-4-join")));
    }

    @Test
    void startsInTheConfigurationThatAMemberTells() throws Exception {
        member(0, SECRET);

        node.start();

        await().until(() -> node.status().isPresent());
        ClusterConfiguration told = configuration(Map.of(1L, String.valueOf(member), 2L, "http://two:8080"));
        assertThat(status().configuration()).isEqualTo(told);
        then(made.get(0)).should().start();
        then(made.get(0)).should(never()).stand();
        assertThat(toldToTheTransport).startsWith(told);
        assertThat(node.joining()).contains("learns what the members have decided");
    }

    @Test
    void asksAgainAfterAnError() throws Exception {
        member = URI.create("http://127.0.0.1:" + FreePorts.one());
        node.start();

        fault = new NoClassDefFoundError("missing/Codec");

        await().until(() -> node.joining().orElse("").contains("missing/Codec"));
        fault = null;
        member(0, SECRET);
        await().until(() -> node.status().isPresent());
    }

    @Test
    void waitsForAMemberThatIsStartedLaterAndSaysWhy(CapturedOutput output) throws Exception {
        int port = FreePorts.one();
        member = URI.create("http://127.0.0.1:" + port);

        node.start();
        node.stand();

        String refused = "asks for the members of the cluster until a member answers: connection refused: " + member
                + "/omnipaxos/members";
        await().until(() -> node.joining().orElse("").equals(refused));
        assertThat(node.status()).isEmpty();
        assertThat(node.leadership().isLeader()).isFalse();
        member(port, SECRET);
        await().until(() -> node.status().isPresent());
        then(made.get(0)).should(timeout(10_000)).stand();
        assertThat(output).containsOnlyOnce("Node 4 joins: " + refused).doesNotContain("\tat ");
    }

    @Test
    void waitsForAUrlThatIsNotKnownYet() throws Exception {
        member = URI.create("http://127.0.0.1:" + FreePorts.one());
        node.start();
        member = null;
        await().until(() -> node.joining().orElse("").endsWith("the URL of a member is not known yet"));

        member(0, SECRET);

        await().until(() -> node.status().isPresent());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 503})
    void tellsWhyItIsRefusedAndAsksAgain(int status) throws Exception {
        WireMockServer refusing = server(aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/problem+json")
                .withBody("{\"status\":" + status + ",\"detail\":\"these words\"}"));
        member = URI.create(refusing.baseUrl());

        node.start();

        await().until(() -> node.joining().orElse("").endsWith(": " + status + ": these words"));
        assertAsksAgain(refusing);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "RANDOM_DATA_THEN_CLOSE", "MALFORMED_RESPONSE_CHUNK"
            })
    void asksAgainAfterABrokenAnswer(Fault fault) throws Exception {
        WireMockServer broken = server(aResponse().withFault(fault));
        member = URI.create(broken.baseUrl());

        node.start();

        await().until(() -> node.joining().orElse("").endsWith("/omnipaxos/members"));
        assertAsksAgain(broken);
    }

    @Test
    void asksAgainAfterAnAnswerOfSomethingElse() throws Exception {
        WireMockServer page = server(aResponse().withBody("<html>").withHeader("Content-Type", "text/html"));
        member = URI.create(page.baseUrl());

        node.start();

        await().until(() -> node.joining().orElse("").contains("not answered by a node of a cluster"));
        assertAsksAgain(page);
    }

    @Test
    void asksAgainAfterGarbage() throws Exception {
        WireMockServer garbage =
                server(aResponse().withBody(new byte[500]).withHeader("Content-Type", "application/cbor"));
        member = URI.create(garbage.baseUrl());

        node.start();

        // Before it is read, as it is not signed.
        await().until(() -> node.joining().orElse("").contains("the signature of the answer does not match"));
        assertAsksAgain(garbage);
    }

    @Test
    void isRefusedWithAnotherSecret() throws Exception {
        member(0, "another secret");

        node.start();

        await().until(() -> node.joining().orElse("").contains("do both nodes have the same shared-secret?"));
        assertThat(node.status()).isEmpty();
    }

    @Test
    void asksNobodyWhereItsStorageKnowsTheConfiguration(CapturedOutput output) {
        ClusterConfiguration stored = configuration(Map.of());
        storage.write(WriteBatch.membership(Membership.in(stored)));
        member = URI.create("http://127.0.0.1:1");

        node.start();

        assertThat(status().configuration()).isEqualTo(stored);
        assertThat(output).contains("Node 4 goes on in configuration 6 of the nodes [1, 2, 3], as its storage says");
        assertThat(node.joining()).isPresent();
    }

    @Test
    void goesOnInTheConfigurationOfItsStorageWhateverThePropertiesSay(CapturedOutput output) {
        ClusterConfiguration stored = ClusterConfiguration.majority(7, List.of(2L, 4L));
        storage.write(WriteBatch.membership(Membership.in(stored)));

        node.start();

        assertThat(status().configuration()).isEqualTo(stored);
        assertThat(toldToTheTransport).startsWith(stored);
        assertThat(node.joining()).isEmpty();
        assertThat(output)
                .contains("Node 4 goes on in configuration 7 of the nodes [2, 4] with a read quorum of 2 and a write"
                        + " quorum of 2, as its storage says; of the properties, which name configuration 1 of the nodes"
                        + " [4], only addresses count");
    }

    @Test
    void saysNothingWhereStorageAndPropertiesAgree(CapturedOutput output) {
        storage.write(WriteBatch.membership(Membership.in(ALONE)));

        node.start();

        assertThat(output).doesNotContain("as its storage says");
    }

    @Test
    void beginsWithThePropertiesWhereItIsNotToJoin() {
        node.start();

        assertThat(status().configuration()).isEqualTo(ALONE);
        assertThat(node.joining()).isEmpty();
    }

    @Test
    void asksNoMoreOnceItIsClosedAndClosesItsStorage() throws Exception {
        member = URI.create("http://127.0.0.1:" + FreePorts.one());
        node.start();

        node.close();

        assertThat(node.joining()).isEmpty();
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::state);
        node.close();
    }

    /** The context is there already, so that nothing is left but to say it. */
    @Test
    void saysWhyItCouldNotBeStartedInTheEnd() throws Exception {
        RestartableNode broken = node(() -> {
            throw new IllegalStateException("no port");
        });
        member(0, SECRET);

        broken.start();

        await().until(() -> broken.failure().orElse("").equals("could not be started: no port"));
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::state);
        broken.close();
    }

    @Test
    void saysWhichClassIsMissingWhereItCouldNotBeStartedInTheEnd() throws Exception {
        RestartableNode broken = node(() -> {
            throw new NoClassDefFoundError("a/web/Server");
        });
        member(0, SECRET);

        broken.start();

        await().until(() -> broken.failure()
                .orElse("")
                .equals("could not be started: java.lang.NoClassDefFoundError: a/web/Server"));
        assertThat(broken.joining()).isEmpty();
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::state);
        broken.close();
    }

    @Test
    void closesWhatIsOpenWhereTheNodeCannotBeMade() {
        Transport transport = mock(Transport.class);
        NodeFactory factory = new NodeFactory(
                NodeSettings.defaults("omnipaxos", 4, ALONE),
                () -> storage,
                () -> transport,
                (settings, open, carrying) -> {
                    throw new NoClassDefFoundError("a/state/Machine");
                },
                () -> null,
                () -> new MembersClient(http(4, SECRET)));

        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(new RestartableNode(factory, Activities.UNOBSERVED)::start);

        then(transport).should().close();
        assertThatExceptionOfType(StorageException.class).isThrownBy(storage::state);
    }

    private void assertAsksAgain(WireMockServer server) throws Exception {
        int asked = server.getAllServeEvents().size();
        await().until(() -> server.getAllServeEvents().size() > asked);
        assertThat(node.status()).isEmpty();

        member(0, SECRET);

        await().until(() -> node.status().isPresent());
    }

    /** Its storage is new, but its pid is not. */
    @Test
    void beginsAsAMemberWhereItIsOneAlready() throws Exception {
        HttpTransport transport = memberTransport(0, SECRET);
        transport.members(ClusterConfiguration.majority(6, List.of(1L, 4L)));

        node.start();

        await().until(() -> node.status().isPresent());
        assertThat(node.joining()).isEmpty();
    }

    private NodeStatus status() {
        return node.status().orElseThrow();
    }

    private static ClusterConfiguration configuration(Map<Long, String> addresses) {
        return new ClusterConfiguration(6, List.of(1L, 2L, 3L), Quorums.majority(3), new TreeMap<>(addresses));
    }

    /** Starts node 1, which knows where node 2 is. */
    private URI member(int port, String secret) {
        memberTransport(port, secret);
        return Objects.requireNonNull(member);
    }

    private HttpTransport memberTransport(int port, String secret) {
        HttpTransport transport = new HttpTransport(http(1, secret), pid -> null);
        PeerServer server = new PeerServer(transport.endpoint(), port);
        server.open();
        transport.members(configuration(Map.of(2L, "http://two:8080")));
        transport.start(new NobodyReceives());
        open.add(transport);
        open.add(server);
        member = URI.create("http://127.0.0.1:" + server.port());
        return transport;
    }

    private WireMockServer server(ResponseDefinitionBuilder answer) {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        server.stubFor(any(anyUrl()).willReturn(answer));
        open.add(server::stop);
        return server;
    }

    private static HttpTransportSettings http(long pid, String secret) {
        return new HttpTransportSettings(
                "omnipaxos",
                pid,
                "/omnipaxos",
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                64 * 1024,
                secret == null ? PeerSecurity.NONE : PeerSecurity.sharedSecret(secret),
                true);
    }

    private final class NoMessages implements Transport {

        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {}

        @Override
        public void members(ClusterConfiguration configuration) {
            toldToTheTransport.add(configuration);
        }

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private static final class NobodyReceives implements Transport.Receiver {

        @Override
        public boolean received(Envelope envelope) {
            return false;
        }

        @Override
        public void reconnected(long pid) {}
    }
}
