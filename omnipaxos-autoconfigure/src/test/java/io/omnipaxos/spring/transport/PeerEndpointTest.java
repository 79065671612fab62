package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import io.omnipaxos.spring.transport.MembersCodec.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Node 1 is asked by node 2. */
class PeerEndpointTest {

    private static final String SECRET = "a secret of some length";

    private final MessageCodec codec = new MessageCodec(Nodes.MAX_BYTES);
    private final MembersCodec membersCodec = new MembersCodec(Nodes.MAX_BYTES);
    private final MessageSigner signer = new MessageSigner(SECRET);
    private final AtomicLong clock = new AtomicLong();
    private final Node node = new Node();

    @Test
    void aGoodRequestIsHandedOverAndAnsweredWithWhatWaits() throws Exception {
        node.waiting = List.of(Nodes.heartbeat(1, 2, 7));

        PeerAnswer answer = unsigned().handle(request(goodBody(), Map.of()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(node.received).containsExactly(Nodes.heartbeat(2, 1, 5));
        assertThat(codec.decode(answer.body()).envelopes()).containsExactly(Nodes.heartbeat(1, 2, 7));
    }

    @Test
    void anotherMethodIsRefused() {
        PeerRequest get =
                new PeerRequest(PeerService.MESSAGES, "GET", name -> null, 0, loopback(), false, false, emptyBody());

        assertProblem(unsigned().handle(get), 405, "posted");
    }

    @Test
    void aNodeThatDoesNotRunSaysSo() {
        node.running = false;

        assertProblem(unsigned().handle(request(goodBody(), Map.of())), 503, "node 1 is not running");
    }

    @Test
    void anotherContentTypeIsRefused() {
        assertProblem(unsigned().handle(request(goodBody(), Map.of("Content-Type", "application/json"))), 415, "cbor");
    }

    @Test
    void anAnnouncedLengthBeyondTheLimitIsRefusedWithoutReading() {
        InputStream untouchable = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("the body was read");
            }
        };
        PeerRequest request = new PeerRequest(
                PeerService.MESSAGES, "POST", headers(Map.of()), 10_000_000, loopback(), false, false, untouchable);

        assertProblem(unsigned().handle(request), 413, "at most " + Nodes.MAX_BYTES + " bytes");
    }

    @Test
    void aBodyOfUnknownLengthIsReadNoFurtherThanTheLimit() {
        AtomicLong read = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                read.incrementAndGet();
                return 1;
            }
        };
        PeerRequest request =
                new PeerRequest(PeerService.MESSAGES, "POST", headers(Map.of()), -1, loopback(), false, false, endless);

        assertProblem(unsigned().handle(request), 413, "at most");
        assertThat(read.get()).isLessThan(2L * Nodes.MAX_BYTES);
    }

    @Test
    void aBodyThatComesTooSlowlyIsRefused() {
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                return 1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                clock.addAndGet(500_000_000);
                return 1;
            }
        };
        PeerRequest request =
                new PeerRequest(PeerService.MESSAGES, "POST", headers(Map.of()), 1_000, loopback(), false, false, slow);

        assertProblem(unsigned().handle(request), 408, "too slowly");
    }

    @Test
    void aBodyThatBreaksOffIsRefused() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("secret internals");
            }
        };
        PeerRequest request = new PeerRequest(
                PeerService.MESSAGES, "POST", headers(Map.of()), 1_000, loopback(), false, false, broken);

        assertProblem(unsigned().handle(request), 400, "ended before it was complete");
    }

    @Test
    void anotherClusterIsRefused() {
        byte[] body = codec.encode(new Batch("elsewhere", 2, 1, "boot", List.of()));

        assertProblem(unsigned().handle(request(body, Map.of())), 403, "cluster omnipaxos");
    }

    @Test
    void aWrongReceiverIsRefusedAndSoIsASenderWithThePidOfTheReceiver() {
        byte[] toOther = codec.encode(new Batch("omnipaxos", 2, 3, "boot", List.of()));
        byte[] fromMyself = codec.encode(new Batch("omnipaxos", 1, 1, "boot", List.of()));

        assertProblem(
                unsigned().handle(request(toOther, Map.of(PeerHeaders.RECEIVER, "3"))), 409, "this is node 1, not 3");
        assertProblem(
                unsigned().handle(request(fromMyself, Map.of(PeerHeaders.SENDER, "1"))), 409, "that is this node");
    }

    @Test
    void aNodeThatIsNoMemberIsHeardAndAnswered() throws Exception {
        node.waiting = List.of(Nodes.envelope(1, 9, new Ahead(5)));
        byte[] body = codec.encode(new Batch("omnipaxos", 9, 1, "boot", List.of(Nodes.envelope(9, 1, Nodes.fetch(1)))));

        PeerAnswer answer = unsigned().handle(request(body, Map.of(PeerHeaders.SENDER, "9")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(node.received).containsExactly(Nodes.envelope(9, 1, Nodes.fetch(1)));
        assertThat(codec.decode(answer.body()).envelopes()).containsExactly(Nodes.envelope(1, 9, new Ahead(5)));
    }

    @Test
    void missingAndContradictingHeadersAreRefused() {
        assertProblem(unsigned().handle(request(goodBody(), Map.of(PeerHeaders.SENDER, "two"))), 400, "headers");
        assertProblem(unsigned().handle(request(goodBody(), Map.of(PeerHeaders.LANE, "fast"))), 400, "headers");
        assertProblem(unsigned().handle(request(goodBody(), Map.of(PeerHeaders.SENDER, "3"))), 400, "other nodes");
    }

    @Test
    void randomBytesAreRefusedAndNothingElseIsDisturbed() {
        Random random = new Random(11);
        PeerEndpoint endpoint = unsigned();
        for (int i = 0; i < 2_000; i++) {
            byte[] body = new byte[random.nextInt(500)];
            random.nextBytes(body);

            assertProblem(endpoint.handle(request(body, Map.of())), 400, "");
        }

        assertThat(node.received).isEmpty();
        assertThat(endpoint.handle(request(goodBody(), Map.of())).status()).isEqualTo(200);
    }

    @Test
    void anUnsignedRequestIsHeardFromThisHostOnly() throws Exception {
        PeerRequest remote = new PeerRequest(
                PeerService.MESSAGES,
                "POST",
                headers(Map.of()),
                -1,
                InetAddress.getByName("10.1.2.3"),
                false,
                false,
                new ByteArrayInputStream(goodBody()));
        PeerRequest unknown = new PeerRequest(
                PeerService.MESSAGES,
                "POST",
                headers(Map.of()),
                -1,
                null,
                false,
                false,
                new ByteArrayInputStream(goodBody()));
        PeerRequest certified = new PeerRequest(
                PeerService.MESSAGES,
                "POST",
                headers(Map.of()),
                -1,
                InetAddress.getByName("10.1.2.3"),
                false,
                true,
                new ByteArrayInputStream(goodBody()));

        assertProblem(unsigned().handle(remote), 401, "from the same host only");
        assertProblem(unsigned().handle(unknown), 401, "from the same host only");
        assertThat(unsigned().handle(certified).status()).isEqualTo(200);
    }

    @Test
    void anUnsignedRequestThatPassedAProxyIsRefused() {
        PeerRequest forwarded = new PeerRequest(
                PeerService.MESSAGES,
                "POST",
                headers(Map.of()),
                -1,
                loopback(),
                true,
                false,
                new ByteArrayInputStream(goodBody()));

        assertProblem(unsigned().handle(forwarded), 401, "a proxy may be in between");
        assertThat(List.of("Forwarded", "x-forwarded-for", "X-Forwarded-Proto", "X-REAL-IP"))
                .allMatch(PeerRequest::isForwardingHeader);
        assertThat(List.of("Host", "X-Request-Id", "Omnipaxos-Forwarded")).noneMatch(PeerRequest::isForwardingHeader);
    }

    @Test
    void anUnsignedRequestOfAPageInABrowserIsRefused() {
        for (String header : List.of("Origin", "Sec-Fetch-Site")) {
            assertProblem(
                    unsigned().handle(request(goodBody(), Map.of(header, "http://127.0.0.1"))),
                    401,
                    "a browser is no peer");
        }
        assertThat(node.received).isEmpty();
    }

    @Test
    void aNodeWithNeitherPeersNorASecretHearsNobody() {
        PeerEndpoint alone = unsigned(Nodes.alone(1));

        assertProblem(alone.handle(request(goodBody(), Map.of())), 401, "neither peers nor a shared-secret");
        assertProblem(
                alone.handle(question(new Question("omnipaxos", 4), null)), 401, "neither peers nor a shared-secret");
    }

    @Test
    void signedAndUnsignedNodesDoNotTalk() {
        assertProblem(signed().handle(request(goodBody(), Map.of())), 401, "not signed");
        assertProblem(
                unsigned().handle(request(goodBody(), Map.of(PeerHeaders.SIGNATURE, "00"))), 401, "no shared-secret");
    }

    @Test
    void theFirstSignedRequestIsSentBackWithASessionAndTheSecondCounts() {
        PeerEndpoint endpoint = signed();

        PeerAnswer first = endpoint.handle(signedRequest(identity(1, ""), goodBody()));
        PeerAnswer second = endpoint.handle(signedRequest(identity(2, session(first)), goodBody()));

        assertProblem(first, 401, "session");
        assertThat(second.status()).isEqualTo(200);
        assertThat(node.received).hasSize(1);
    }

    @Test
    void whereClientsReachTheSenderMustBeSignedAsWell() {
        PeerEndpoint endpoint = signed();
        RequestIdentity identity = identity(2, openSession(endpoint));
        Map<String, String> headers = headersOf(identity, signer.signRequest(identity, goodBody()));
        headers.put(PeerHeaders.ADVERTISED_URL, "https://evil.example");

        assertProblem(endpoint.handle(request(goodBody(), headers)), 401, "does not match");
        assertThat(node.heardUrl).isEmpty();
    }

    @Test
    void answersSayWhereClientsReachThisNode() {
        PeerEndpoint endpoint = signed();
        RequestIdentity identity =
                new RequestIdentity(2, 1, "boot", 2, openSession(endpoint), Lane.HEARTBEAT, "https://node-2.example");
        Map<String, String> headers = headersOf(identity, signer.signRequest(identity, goodBody()));
        headers.put(PeerHeaders.ADVERTISED_URL, "https://node-2.example");

        PeerAnswer answer = endpoint.handle(request(goodBody(), headers));

        assertThat(answer.headers()).containsEntry(PeerHeaders.ADVERTISED_URL, "https://node-1.example");
        String signature = answer.headers().get(PeerHeaders.SIGNATURE);
        assertThat(signer.isAnswerSigned(identity, 200, "", "https://node-1.example", answer.body(), signature))
                .isTrue();
        assertThat(node.heardUrl).isEqualTo("https://node-2.example");
    }

    @Test
    void answersAreSignedAndBoundToTheirRequest() {
        PeerAnswer answer = signed().handle(signedRequest(identity(1, ""), goodBody()));
        String signature = answer.headers().get(PeerHeaders.SIGNATURE);

        assertThat(signer.isAnswerSigned(identity(1, ""), 401, session(answer), "", answer.body(), signature))
                .isTrue();
        assertThat(signer.isAnswerSigned(identity(2, ""), 401, session(answer), "", answer.body(), signature))
                .isFalse();
        assertThat(signer.isAnswerSigned(identity(1, ""), 200, session(answer), "", answer.body(), signature))
                .isFalse();
        assertThat(signer.isAnswerSigned(identity(1, ""), 401, "another", "", answer.body(), signature))
                .isFalse();
        assertThat(signer.isRequestSigned(identity(1, ""), answer.body(), signature))
                .isFalse();
    }

    @Test
    void aTamperedRequestIsRefused() {
        PeerEndpoint endpoint = signed();
        RequestIdentity identity = identity(2, openSession(endpoint));
        String signature = signer.signRequest(identity, goodBody());
        byte[] tampered = goodBody();
        tampered[tampered.length - 1] ^= 1;
        RequestIdentity otherSender = new RequestIdentity(3, 1, "boot", 2, identity.session(), Lane.HEARTBEAT, "");
        RequestIdentity otherCounter = identity(3, identity.session());
        RequestIdentity otherLane = new RequestIdentity(2, 1, "boot", 2, identity.session(), Lane.LOG, "");

        assertProblem(endpoint.handle(request(tampered, headersOf(identity, signature))), 401, "does not match");
        assertProblem(endpoint.handle(request(goodBody(), headersOf(otherSender, signature))), 401, "does not match");
        assertProblem(endpoint.handle(request(goodBody(), headersOf(otherCounter, signature))), 401, "does not match");
        assertProblem(endpoint.handle(request(goodBody(), headersOf(otherLane, signature))), 401, "does not match");
        assertProblem(endpoint.handle(request(goodBody(), headersOf(identity, "zz"))), 401, "does not match");
        assertThat(node.received).isEmpty();
        assertThat(endpoint.handle(request(goodBody(), headersOf(identity, signature)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anotherSecretIsRefusedAndTheAnswerIsNotSigned() {
        RequestIdentity identity = identity(1, "");
        String signature = new MessageSigner("another secret").signRequest(identity, goodBody());

        PeerAnswer answer = signed().handle(request(goodBody(), headersOf(identity, signature)));

        assertProblem(answer, 401, "do both nodes have the same shared-secret?");
        assertThat(answer.headers()).doesNotContainKeys(PeerHeaders.SIGNATURE, PeerHeaders.SESSION);
    }

    @Test
    void aReplayedRequestIsRefusedAlsoAfterARestart() {
        PeerEndpoint endpoint = signed();
        RequestIdentity identity = identity(2, openSession(endpoint));

        assertThat(endpoint.handle(signedRequest(identity, goodBody())).status())
                .isEqualTo(200);
        assertProblem(endpoint.handle(signedRequest(identity, goodBody())), 401, "received before");
        assertProblem(signed().handle(signedRequest(identity, goodBody())), 401, "session");
        assertThat(node.received).hasSize(1);
    }

    @Test
    void aFaultOfTheNodeItselfIsAnsweredWithoutItsInside() {
        node.fault = new IllegalStateException("secret internals");

        PeerAnswer answer = unsigned().handle(request(goodBody(), Map.of()));

        assertProblem(answer, 500, "failed on this node");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).doesNotContain("internals");
    }

    @Test
    void aNodeThatIsToJoinIsToldTheMembers() throws Exception {
        PeerAnswer answer = unsigned().handle(question(new Question("omnipaxos", 4), null));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/cbor");
        assertThat(membersCodec.decodeAnswer(answer.body()))
                .isEqualTo(new MembersCodec.Answer("omnipaxos", 1, Nodes.members(1L, 2L, 3L)));
        assertThat(node.received).isEmpty();
    }

    @Test
    void aQuestionForTheMembersIsRefusedInWords() {
        assertProblem(
                unsigned().handle(question(new Question("elsewhere", 4), null)),
                403,
                "belongs to the cluster omnipaxos");
        assertProblem(unsigned().handle(question(new Question("omnipaxos", 1), null)), 409, "that is this node");
        assertProblem(signed().handle(question(new Question("omnipaxos", 4), null)), 401, "not signed");
        assertProblem(
                signed().handle(question(new Question("omnipaxos", 4), new MessageSigner("another secret"))),
                401,
                "do both nodes have the same shared-secret?");
        PeerRequest garbage = new PeerRequest(
                PeerService.MEMBERS,
                "POST",
                headers(Map.of(PeerHeaders.SENDER, "4")),
                3,
                loopback(),
                false,
                false,
                new ByteArrayInputStream(new byte[] {1, 2, 3}));
        assertProblem(unsigned().handle(garbage), 400, "not a question for the members");
        node.members = null;
        assertProblem(unsigned().handle(question(new Question("omnipaxos", 4), null)), 503, "knows of no members yet");
    }

    @Test
    void theMembersAreToldSignedAndToThisVeryQuestionOnly() {
        PeerEndpoint endpoint = signed();
        String session = session(endpoint.handle(question(new Question("omnipaxos", 4), signer)));
        RequestIdentity asked = joining(4, 2, session);
        RequestIdentity other = new RequestIdentity(4, 0, "another boot", 2, session, Lane.LOG, "");

        PeerAnswer answer = endpoint.handle(question(new Question("omnipaxos", 4), asked, signer));
        String signature = answer.headers().get(PeerHeaders.SIGNATURE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(signer.isAnswerSigned(asked, 200, "", "", answer.body(), signature))
                .isTrue();
        assertThat(signer.isAnswerSigned(other, 200, "", "", answer.body(), signature))
                .isFalse();
    }

    @Test
    void aRecordedQuestionForTheMembersIsNotAnsweredAgain() {
        PeerEndpoint endpoint = signed();
        String session = session(endpoint.handle(question(new Question("omnipaxos", 4), signer)));
        RequestIdentity asked = joining(4, 2, session);

        assertThat(endpoint.handle(question(new Question("omnipaxos", 4), asked, signer))
                        .status())
                .isEqualTo(200);
        assertProblem(endpoint.handle(question(new Question("omnipaxos", 4), asked, signer)), 401, "received before");
        assertProblem(signed().handle(question(new Question("omnipaxos", 4), asked, signer)), 401, "session");
    }

    @Test
    void aNodeThatAsksForTheMembersDoesNotTakeThePlaceOfOneThatSendsMessages() {
        PeerEndpoint endpoint = signed();
        String session = openSession(endpoint);
        String joining = session(endpoint.handle(question(new Question("omnipaxos", 2), signer)));

        assertThat(endpoint.handle(question(new Question("omnipaxos", 2), joining(2, 2, joining), signer))
                        .status())
                .isEqualTo(200);
        assertThat(endpoint.handle(signedRequest(identity(2, session), goodBody()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void nothingIsDecodedBeforeTheSignatureIsRight() {
        RequestIdentity identity = identity(1, "");
        byte[] garbage = {1, 2, 3};
        String signature = new MessageSigner("another secret").signRequest(identity, garbage);

        assertProblem(signed().handle(request(garbage, headersOf(identity, signature))), 401, "does not match");
        PeerEndpoint endpoint = signed();
        RequestIdentity inSession = identity(2, openSession(endpoint));
        assertProblem(endpoint.handle(signedRequest(inSession, garbage)), 400, "not a batch");
        assertProblem(endpoint.handle(signedRequest(inSession, garbage)), 401, "received before");
    }

    @Test
    void theUnsignedLearnNothingOfTheNode() {
        node.running = false;
        RequestIdentity identity = identity(1, "");
        String signature = new MessageSigner("another secret").signRequest(identity, goodBody());

        for (PeerRequest stranger : List.of(
                request(goodBody(), Map.of()),
                request(goodBody(), headersOf(identity, signature)),
                question(new Question("omnipaxos", 4), null))) {
            PeerAnswer answer = signed().handle(stranger);

            assertProblem(answer, 401, "shared-secret");
            assertThat(answer.headers()).containsOnlyKeys("Content-Type");
            assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                    .doesNotContain("node 1")
                    .doesNotContain("boot1");
        }
        assertProblem(signed().handle(signedRequest(identity, goodBody())), 503, "node 1 is not running");
    }

    @Test
    void whoIsRefusedTooOftenIsToldSoAndPeersAtTheSameAddressGoOn() {
        PeerEndpoint endpoint = signed();
        String session = openSession(endpoint);
        for (int i = 0; i < Refusals.BURST; i++) {
            assertProblem(endpoint.handle(request(goodBody(), Map.of())), 401, "not signed");
        }

        PeerAnswer answer = endpoint.handle(request(goodBody(), Map.of()));
        assertProblem(answer, 429, "this one because: the request is not signed");
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        byte[] large = codec.encode(new Batch("omnipaxos", 2, 1, "boot", List.of(Nodes.entries(2, 1, 1, 40_000))));
        assertThat(endpoint.handle(signedRequest(identity(2, session), large)).status())
                .isEqualTo(200);
        assertProblem(endpoint.handle(signedRequest(identity(3, "former"), large)), 429, "not read");
        RequestIdentity begins = new RequestIdentity(3, 1, "boot", 1, "", Lane.HEARTBEAT, "");
        byte[] empty = codec.encode(new Batch("omnipaxos", 3, 1, "boot", List.of()));
        assertProblem(endpoint.handle(signedRequest(begins, empty)), 401, "send it again in the session");
    }

    @Test
    void aRefusedAddressIsHeardAgainAfterAWhile() {
        PeerEndpoint endpoint = signed();
        for (int i = 0; i <= Refusals.BURST; i++) {
            endpoint.handle(request(goodBody(), Map.of()));
        }
        assertThat(endpoint.handle(request(goodBody(), Map.of())).status()).isEqualTo(429);

        clock.addAndGet(2_000_000_000L);

        assertThat(endpoint.handle(request(goodBody(), Map.of())).status()).isEqualTo(401);
    }

    @Test
    void whereOnlyCertificatesCountNoAddressStandsForOne() throws Exception {
        PeerTls tls =
                new PeerTls(new PeerTls.Material(SSLContext.getDefault(), new TrustsNobody(), List.of(), List.of()));
        PeerEndpoint endpoint = new PeerEndpoint(
                Nodes.secured(1, PeerSecurity.mutualTls(tls)),
                codec,
                null,
                "boot1",
                "https://node-1.example",
                node,
                clock::get);

        assertProblem(endpoint.handle(request(goodBody(), Map.of())), 401, "no certificate was shown");
        assertThat(tls.trusts(null)).isFalse();
        assertThat(tls.trusts(new X509Certificate[0])).isFalse();
    }

    @Test
    void aRecordedQuestionForTheMembersIsNoBatchOfMessages() {
        RequestIdentity asked = joining(2);
        String signature = signer.signRequest(asked, goodBody());
        Map<String, String> headers = headersOf(asked, signature);

        assertProblem(signed().handle(request(goodBody(), headers)), 401, "does not match");
        headers.put(PeerHeaders.RECEIVER, "0");
        assertProblem(signed().handle(request(goodBody(), headers)), 400, "headers");
    }

    private static RequestIdentity joining(long pid) {
        return joining(pid, 1, "");
    }

    private static RequestIdentity joining(long pid, long counter, String session) {
        return new RequestIdentity(pid, RequestIdentity.ANYBODY, "boot", counter, session, Lane.LOG, "");
    }

    private PeerRequest question(Question question, @Nullable MessageSigner signing) {
        return question(question, joining(question.from()), signing);
    }

    private PeerRequest question(Question question, RequestIdentity identity, @Nullable MessageSigner signing) {
        byte[] body = membersCodec.encode(question);
        Map<String, String> headers = new HashMap<>();
        headers.put(PeerHeaders.SENDER, Long.toString(question.from()));
        if (signing != null) {
            headers.putAll(headersOf(identity, signing.signRequest(identity, body)));
        }
        headers.put(PeerHeaders.LANE, identity.lane().wireName());
        return new PeerRequest(
                PeerService.MEMBERS,
                "POST",
                headers(headers),
                body.length,
                loopback(),
                false,
                false,
                new ByteArrayInputStream(body));
    }

    private static void assertProblem(PeerAnswer answer, int status, String detail) {
        JsonNode problem = new JsonMapper().readTree(answer.body());
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("title").stringValue()).isNotBlank();
        assertThat(problem.get("detail").stringValue()).contains(detail);
        assertThat(problem.toString()).doesNotContain("Exception").doesNotContain("\\tat ");
    }

    private PeerEndpoint unsigned() {
        return unsigned(Nodes.settings(1, null));
    }

    private PeerEndpoint unsigned(HttpTransportSettings settings) {
        return new PeerEndpoint(settings, codec, null, "boot1", "https://node-1.example", node, clock::get);
    }

    private PeerEndpoint signed() {
        return new PeerEndpoint(
                Nodes.settings(1, SECRET), codec, signer, "boot1", "https://node-1.example", node, clock::get);
    }

    private String openSession(PeerEndpoint endpoint) {
        return session(endpoint.handle(signedRequest(identity(1, ""), goodBody())));
    }

    private static String session(PeerAnswer answer) {
        return answer.headers().getOrDefault(PeerHeaders.SESSION, "none");
    }

    private static RequestIdentity identity(long counter, String session) {
        return new RequestIdentity(2, 1, "boot", counter, session, Lane.HEARTBEAT, "");
    }

    private byte[] goodBody() {
        return codec.encode(new Batch("omnipaxos", 2, 1, "boot", List.of(Nodes.heartbeat(2, 1, 5))));
    }

    private PeerRequest signedRequest(RequestIdentity identity, byte[] body) {
        return request(body, headersOf(identity, signer.signRequest(identity, body)));
    }

    private static Map<String, String> headersOf(RequestIdentity identity, String signature) {
        Map<String, String> headers = new HashMap<>();
        headers.put(PeerHeaders.SENDER, Long.toString(identity.sender()));
        headers.put(PeerHeaders.COUNTER, Long.toString(identity.counter()));
        headers.put(PeerHeaders.LANE, identity.lane().wireName());
        headers.put(PeerHeaders.SIGNATURE, signature);
        if (!identity.session().isEmpty()) {
            headers.put(PeerHeaders.SESSION, identity.session());
        }
        return headers;
    }

    private static PeerRequest request(byte[] body, Map<String, String> headers) {
        return new PeerRequest(
                PeerService.MESSAGES,
                "POST",
                headers(headers),
                body.length,
                loopback(),
                false,
                false,
                new ByteArrayInputStream(body));
    }

    private static RequestIdentity.HeaderLookup headers(Map<String, String> others) {
        Map<String, @Nullable String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(Map.of(
                "content-type",
                "application/cbor",
                PeerHeaders.SENDER,
                "2",
                PeerHeaders.RECEIVER,
                "1",
                PeerHeaders.BOOT,
                "boot",
                PeerHeaders.COUNTER,
                "1",
                PeerHeaders.LANE,
                Lane.HEARTBEAT.name().toLowerCase(Locale.ROOT)));
        headers.putAll(others);
        return headers::get;
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private static final class TrustsNobody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("nobody");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("nobody");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static InputStream emptyBody() {
        return InputStream.nullInputStream();
    }

    private static final class Node implements PeerEndpoint.Inbound {

        private boolean running = true;
        private List<Envelope> waiting = List.of();
        private String heardUrl = "";
        private @Nullable ClusterConfiguration members = Nodes.members(1L, 2L, 3L);
        private @Nullable RuntimeException fault;
        private final List<Envelope> received = new ArrayList<>();

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public List<Envelope> exchange(Batch batch, Lane lane, String advertisedUrl) {
            if (fault != null) {
                throw fault;
            }
            received.addAll(batch.envelopes());
            heardUrl = advertisedUrl;
            return waiting;
        }

        @Override
        public @Nullable ClusterConfiguration members() {
            return members;
        }
    }
}
