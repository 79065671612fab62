package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.hc.core5.http.impl.EnglishReasonPhraseCatalog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the batches that other nodes post, whatever server they come through, and answers each with what waits here for
 * that node: so one that cannot be reached any more still takes part through its own requests, and one that is no member
 * learns what is decided. Tells a node that is to join who the members are.
 *
 * <p>Whatever is wrong with a request is answered with a problem (RFC 9457) and changes nothing else. Nothing is decoded
 * before its sender has proven to be a peer; what strangers may cost is bounded by {@link BodyReader} and
 * {@link Refusals}. Made by {@link HttpTransport#endpoint()}; safe for use by any thread.
 */
public final class PeerEndpoint {

    private static final Logger logger = LoggerFactory.getLogger(PeerEndpoint.class);

    private final HttpTransportSettings settings;
    private final MessageCodec codec;
    private final MembersCodec membersCodec;
    private final @Nullable MessageSigner signer;
    private final PeerSessions sessions = new PeerSessions();

    /** Apart, as a node that asks whom it is to join is no other start of that node for those who send messages. */
    private final PeerSessions sessionsOfJoining = new PeerSessions();

    private final BodyReader bodies;
    private final Refusals refusals;
    private final String boot;
    private final String ownUrl;
    private final Inbound inbound;

    PeerEndpoint(
            HttpTransportSettings settings,
            MessageCodec codec,
            @Nullable MessageSigner signer,
            String boot,
            String ownUrl,
            Inbound inbound,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.codec = codec;
        this.membersCodec = new MembersCodec(settings.maxMessageBytes());
        this.signer = signer;
        this.boot = boot;
        this.ownUrl = ownUrl;
        this.inbound = inbound;
        this.bodies = new BodyReader(settings, nanoTime);
        this.refusals = new Refusals(settings.pid(), nanoTime);
    }

    /** The node behind this endpoint. */
    interface Inbound {

        boolean isRunning();

        /**
         * Hands over what a node sent, and takes what waits for it, as far as it may travel with an answer on this lane.
         * May wait a little.
         *
         * @param advertisedUrl where clients reach that node, as it says; empty if it says nothing; not checked
         */
        List<Envelope> exchange(Batch batch, Lane lane, String advertisedUrl);

        /** Who the members are, with the addresses that are known here; null as long as nobody has said it. */
        @Nullable
        ClusterConfiguration members();
    }

    HttpTransportSettings settings() {
        return settings;
    }

    /** Counts what was refused to strangers, here and before a request is there. */
    Refusals refusals() {
        return refusals;
    }

    /** Answers a request for anything else, on a port where there is nothing else. */
    PeerAnswer elsewhere(@Nullable InetAddress remote) {
        return unread(remote, Problem.of(404, "Not Found", "only other nodes of the cluster are served here"));
    }

    /** Answers what is no proper HTTP. */
    PeerAnswer notUnderstood(@Nullable InetAddress remote, int status) {
        String title = EnglishReasonPhraseCatalog.INSTANCE.getReason(status, Locale.ENGLISH);
        return unread(
                remote,
                Problem.of(
                        status,
                        Objects.requireNonNullElse(title, "Bad Request"),
                        "this is no HTTP that is understood here"));
    }

    private PeerAnswer unread(@Nullable InetAddress remote, Problem refusal) {
        Problem problem = counted(remote, refusal);
        return new PeerAnswer(problem.status(), headersOf(problem), problem.toJson(), false);
    }

    /** Handles one request. Never throws. */
    PeerAnswer handle(PeerRequest request) {
        Exchange exchange = new Exchange(request);
        try {
            return exchange.answer();
        } catch (RefusedException refused) {
            return exchange.refused(refused.problem(), refused.session());
        } catch (SocketTimeoutException slow) {
            return exchange.refused(Problem.tooSlow(), "");
        } catch (IOException broken) {
            return exchange.refused(Problem.of(400, "Bad Request", "the body ended before it was complete"), "");
        } catch (RuntimeException unexpected) {
            logger.error("Node {}: a request of a peer failed", settings.pid(), unexpected);
            return exchange.problem(Problem.of(500, "Internal Server Error", "the request failed on this node"), "");
        }
    }

    /** What is answered to a stranger: that, or that it was refused too often. */
    private Problem counted(@Nullable InetAddress remote, Problem problem) {
        return refusals.count(remote, problem.status() + ": " + problem.detail()) ? Problem.tooMany(problem) : problem;
    }

    private static Map<String, String> headersOf(Problem problem) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", Problem.CONTENT_TYPE);
        if (problem.status() == 405) {
            headers.put("Allow", "POST");
        }
        if (problem.status() == Problem.TOO_MANY_REQUESTS) {
            headers.put("Retry-After", "1");
        }
        return headers;
    }

    /** The handling of one request. */
    private final class Exchange {

        private final PeerRequest request;

        /** Set as soon as the request is proven to be a peer's: from then on the answer is signed. */
        private @Nullable RequestIdentity signedBy;

        private boolean bodyWasRead;

        /** Until there is a reason to believe that it comes from a peer. */
        private boolean fromStranger = true;

        private Exchange(PeerRequest request) {
            this.request = request;
        }

        private PeerAnswer answer() throws RefusedException, IOException {
            checkMethod();
            checkProofBeforeBody();
            checkContentType(request.headers().get("Content-Type"));
            boolean addressed = request.service() == PeerService.MESSAGES;
            RequestIdentity identity = RequestIdentity.of(request.headers(), addressed);
            if (identity == null) {
                throw new RefusedException(400, "Bad Request", "the Omnipaxos headers are missing or malformed");
            }
            byte[] body = readBody(identity);
            if (!inbound.isRunning()) {
                throw new RefusedException(503, "Service Unavailable", "node " + settings.pid() + " is not running");
            }
            try {
                byte[] answer = addressed ? messages(identity, body) : members(identity, body);
                Map<String, String> headers = new HashMap<>();
                headers.put("Content-Type", MessageCodec.CONTENT_TYPE);
                if (addressed && !ownUrl.isEmpty()) {
                    headers.put(PeerHeaders.ADVERTISED_URL, ownUrl);
                }
                return signed(200, headers, answer, "");
            } catch (MalformedBodyException malformed) {
                throw new RefusedException(400, "Bad Request", String.valueOf(malformed.getMessage()));
            }
        }

        private byte[] messages(RequestIdentity identity, byte[] body) throws RefusedException, MalformedBodyException {
            if (identity.receiver() != settings.pid()) {
                throw new RefusedException(
                        409,
                        "Conflict",
                        "this is node " + settings.pid() + ", not " + identity.receiver() + "; compare pid and peers");
            }
            checkNew(identity, sessions);
            Batch batch = codec.decode(body);
            checkSender(identity, batch.clusterId(), batch.from());
            if (batch.to() != identity.receiver()) {
                throw otherThanTheHeaders();
            }
            List<Envelope> waiting = inbound.exchange(batch, identity.lane(), identity.advertisedUrl());
            return codec.encode(new Batch(settings.clusterId(), settings.pid(), batch.from(), boot, waiting));
        }

        private byte[] members(RequestIdentity identity, byte[] body) throws RefusedException, MalformedBodyException {
            checkNew(identity, sessionsOfJoining);
            MembersCodec.Question question = membersCodec.decodeQuestion(body);
            checkSender(identity, question.cluster(), question.from());
            ClusterConfiguration configuration = inbound.members();
            if (configuration == null) {
                throw new RefusedException(
                        503, "Service Unavailable", "node " + settings.pid() + " knows of no members yet");
            }
            return membersCodec.encode(new MembersCodec.Answer(settings.clusterId(), settings.pid(), configuration));
        }

        private void checkMethod() throws RefusedException {
            if (!request.method().equals("POST")) {
                throw new RefusedException(405, "Method Not Allowed", "messages are posted");
            }
        }

        /** A signature is only known to be there; whether it is right depends on the body. */
        private void checkProofBeforeBody() throws RefusedException {
            boolean signed = request.headers().get(PeerHeaders.SIGNATURE) != null;
            if (signer != null && !signed) {
                throw unauthorized("the request is not signed; does the sender have the shared-secret of this node?");
            }
            if (signer == null && signed) {
                throw unauthorized("the request is signed, but this node has no shared-secret");
            }
            if (signer == null && !request.authenticated()) {
                if (settings.security().restsOnCertificates()) {
                    throw unauthorized("no certificate was shown that the transport.ssl-bundle of this node trusts; on"
                            + " the port of an application its server.ssl.client-auth has to ask for one");
                }
                checkUnproven(request.remote());
            }
            fromStranger = signer != null;
        }

        private void checkContentType(@Nullable String contentType) throws RefusedException {
            String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
            if (!type.toLowerCase(Locale.ROOT).equals(MessageCodec.CONTENT_TYPE)) {
                throw new RefusedException(
                        415, "Unsupported Media Type", "messages are sent as " + MessageCodec.CONTENT_TYPE);
            }
        }

        /** A proxy or a browser on this host makes everybody look local, so any sign of one ends the trust. */
        private void checkUnproven(@Nullable InetAddress remote) throws RefusedException {
            if (!settings.hearsUnproven()) {
                throw unauthorized(
                        "this node has neither peers nor a shared-secret, so it hears nobody; set one on all nodes");
            }
            if (request.isFromBrowser()) {
                throw unauthorized("a page in a browser is no peer");
            }
            if (request.forwarded()) {
                throw unauthorized(
                        "unsigned messages are not heard where a proxy may be in between (forwarding headers, or"
                                + " server.forward-headers-strategy=native); set a shared-secret on all nodes");
            }
            if (remote == null || !remote.isLoopbackAddress()) {
                throw unauthorized(
                        "unsigned messages are heard from the same host only; set a shared-secret on all nodes");
            }
        }

        private byte[] readBody(RequestIdentity identity) throws RefusedException, IOException {
            try (BodyReader.Reading reading = bodies.of(request, senderOf(identity))) {
                byte[] body = reading.read();
                bodyWasRead = true;
                checkSignature(identity, body);
                return body;
            }
        }

        private BodyReader.Sender senderOf(RequestIdentity identity) {
            PeerSessions known = request.service() == PeerService.MESSAGES ? sessions : sessionsOfJoining;
            fromStranger = fromStranger && !known.isNamed(identity);
            if (!fromStranger) {
                return BodyReader.Sender.KNOWN;
            }
            return refusals.isExceeded(request.remote()) ? BodyReader.Sender.SUSPECT : BodyReader.Sender.STRANGER;
        }

        private void checkSignature(RequestIdentity identity, byte[] body) throws RefusedException {
            if (signer == null) {
                return;
            }
            if (!signer.isRequestSigned(identity, body, request.headers().get(PeerHeaders.SIGNATURE))) {
                fromStranger = true;
                throw unauthorized("the signature does not match; do both nodes have the same shared-secret?");
            }
            fromStranger = false;
            signedBy = identity;
        }

        private void checkSender(RequestIdentity identity, String clusterId, long from) throws RefusedException {
            if (from != identity.sender()) {
                throw otherThanTheHeaders();
            }
            if (!clusterId.equals(settings.clusterId())) {
                throw new RefusedException(
                        403,
                        "Forbidden",
                        "this node belongs to the cluster " + settings.clusterId() + "; compare cluster-id");
            }
        }

        private RefusedException otherThanTheHeaders() {
            return new RefusedException(400, "Bad Request", "the headers name other nodes than the body");
        }

        /** Before the body is decoded. What is not signed cannot be told from a repeated one, but TLS can. */
        private void checkNew(RequestIdentity identity, PeerSessions of) throws RefusedException {
            if (identity.sender() == settings.pid()) {
                throw new RefusedException(
                        409,
                        "Conflict",
                        "the sender says that it is node " + identity.sender()
                                + ", but that is this node; compare pid and peers");
            }
            if (signer == null) {
                return;
            }
            PeerSessions.Verdict verdict = of.check(identity);
            if (verdict instanceof PeerSessions.Verdict.Reopen reopen) {
                throw new RefusedException(
                        401, "Unauthorized", "send it again in the session named here", reopen.session());
            }
            if (verdict instanceof PeerSessions.Verdict.Refused refused) {
                throw unauthorized(refused.reason());
            }
        }

        private PeerAnswer refused(Problem problem, String session) {
            return problem(fromStranger ? counted(request.remote(), problem) : problem, session);
        }

        private PeerAnswer problem(Problem problem, String session) {
            return signed(problem.status(), headersOf(problem), problem.toJson(), session);
        }

        private PeerAnswer signed(int status, Map<String, String> headers, byte[] body, String session) {
            if (signer != null && signedBy != null) {
                if (!session.isEmpty()) {
                    headers.put(PeerHeaders.SESSION, session);
                }
                String advertisedUrl = headers.getOrDefault(PeerHeaders.ADVERTISED_URL, "");
                headers.put(PeerHeaders.SIGNATURE, signer.signAnswer(signedBy, status, session, advertisedUrl, body));
            }
            return new PeerAnswer(status, headers, body, bodyWasRead);
        }

        private RefusedException unauthorized(String detail) {
            return new RefusedException(401, "Unauthorized", detail);
        }
    }
}
