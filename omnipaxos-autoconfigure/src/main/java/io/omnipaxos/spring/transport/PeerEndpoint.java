package io.omnipaxos.spring.transport;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.message.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the batches that other nodes post, whatever server they come through, and answers each with what waits here for
 * that node: so one that cannot be reached any more still takes part through its own requests, and one that is no member
 * learns what is decided. Tells a node that is to join who the members are.
 *
 * <p>Whatever is wrong with a request is answered with a problem (RFC 9457) and changes nothing else. At most
 * {@code maxMessageBytes} of a body are ever held. Made by {@link HttpTransport#endpoint()}; safe for use by any
 * thread.
 */
public final class PeerEndpoint {

    private static final Logger logger = LoggerFactory.getLogger(PeerEndpoint.class);
    private static final int FIRST_BUFFER = 16 * 1024;

    private final HttpTransportSettings settings;
    private final MessageCodec codec;
    private final MembersCodec membersCodec;
    private final @Nullable MessageSigner signer;
    private final PeerSessions sessions = new PeerSessions();
    private final String boot;
    private final Inbound inbound;
    private final LongSupplier nanoTime;

    PeerEndpoint(
            HttpTransportSettings settings,
            MessageCodec codec,
            @Nullable MessageSigner signer,
            String boot,
            Inbound inbound,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.codec = codec;
        this.membersCodec = new MembersCodec(settings.maxMessageBytes());
        this.signer = signer;
        this.boot = boot;
        this.inbound = inbound;
        this.nanoTime = nanoTime;
    }

    /** The node behind this endpoint. */
    interface Inbound {

        boolean isRunning();

        /**
         * Hands over what a node sent, and takes what waits for it, as far as it may travel with an answer on this lane.
         * May wait a little.
         */
        List<Envelope> exchange(Batch batch, Lane lane);

        /** Who the members are, with the addresses that are known here; null as long as nobody has said it. */
        @Nullable
        ClusterConfiguration members();
    }

    HttpTransportSettings settings() {
        return settings;
    }

    /** Handles one request. Never throws. */
    PeerAnswer handle(PeerRequest request) {
        Exchange exchange = new Exchange(request);
        try {
            return exchange.answer();
        } catch (RefusedException refused) {
            return exchange.problem(refused.problem(), refused.session());
        } catch (SocketTimeoutException slow) {
            return exchange.problem(tooSlow(), "");
        } catch (IOException broken) {
            return exchange.problem(Problem.of(400, "Bad Request", "the body ended before it was complete"), "");
        } catch (RuntimeException unexpected) {
            logger.error("Node {}: a request of a peer failed", settings.pid(), unexpected);
            return exchange.problem(Problem.of(500, "Internal Server Error", "the request failed on this node"), "");
        }
    }

    private static Problem tooSlow() {
        return Problem.of(408, "Request Timeout", "the body came too slowly");
    }

    /** The handling of one request. */
    private final class Exchange {

        private final PeerRequest request;

        /** Set as soon as the request is proven to be a peer's: from then on the answer is signed. */
        private @Nullable RequestIdentity signedBy;

        private boolean bodyWasRead;

        private Exchange(PeerRequest request) {
            this.request = request;
        }

        private PeerAnswer answer() throws RefusedException, IOException {
            checkHead();
            boolean addressed = request.service() == PeerService.MESSAGES;
            RequestIdentity identity = RequestIdentity.of(request.headers(), addressed);
            if (identity == null) {
                throw new RefusedException(400, "Bad Request", "the Omnipaxos headers are missing or malformed");
            }
            byte[] body = readBody();
            checkSignature(identity, body);
            try {
                byte[] answer = addressed ? messages(identity, body) : members(identity, body);
                return signed(200, MessageCodec.CONTENT_TYPE, answer, "");
            } catch (MalformedBodyException malformed) {
                throw new RefusedException(400, "Bad Request", String.valueOf(malformed.getMessage()));
            }
        }

        private byte[] messages(RequestIdentity identity, byte[] body) throws RefusedException, MalformedBodyException {
            Batch batch = codec.decode(body);
            checkSender(identity, batch.clusterId(), batch.from());
            if (batch.to() != identity.receiver()) {
                throw otherThanTheHeaders();
            }
            if (batch.to() != settings.pid()) {
                throw new RefusedException(
                        409,
                        "Conflict",
                        "this is node " + settings.pid() + ", not " + batch.to() + "; compare pid and peers");
            }
            checkReplay(identity);
            List<Envelope> waiting = inbound.exchange(batch, identity.lane());
            return codec.encode(new Batch(settings.clusterId(), settings.pid(), batch.from(), boot, waiting));
        }

        /** A replay needs no refusal: it changes nothing here, and its answer is of use to who asked first alone. */
        private byte[] members(RequestIdentity identity, byte[] body) throws RefusedException, MalformedBodyException {
            MembersCodec.Question question = membersCodec.decodeQuestion(body);
            checkSender(identity, question.cluster(), question.from());
            ClusterConfiguration configuration = inbound.members();
            if (configuration == null) {
                throw new RefusedException(
                        503, "Service Unavailable", "node " + settings.pid() + " knows of no members yet");
            }
            return membersCodec.encode(new MembersCodec.Answer(settings.clusterId(), settings.pid(), configuration));
        }

        /** All that can be refused without the body. */
        private void checkHead() throws RefusedException {
            if (!request.method().equals("POST")) {
                throw new RefusedException(405, "Method Not Allowed", "messages are posted");
            }
            if (!inbound.isRunning()) {
                throw new RefusedException(503, "Service Unavailable", "node " + settings.pid() + " is not running");
            }
            checkContentType(request.headers().get("Content-Type"));
            if (request.contentLength() > settings.maxMessageBytes()) {
                throw tooLarge();
            }
            boolean signed = request.headers().get(PeerHeaders.SIGNATURE) != null;
            if (signer != null && !signed) {
                throw unauthorized("the request is not signed; does the sender have the shared-secret of this node?");
            }
            if (signer == null && signed) {
                throw unauthorized("the request is signed, but this node has no shared-secret");
            }
            if (signer == null && !request.authenticated()) {
                checkLoopback(request.remote());
            }
        }

        private void checkContentType(@Nullable String contentType) throws RefusedException {
            String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
            if (!type.toLowerCase(Locale.ROOT).equals(MessageCodec.CONTENT_TYPE)) {
                throw new RefusedException(
                        415, "Unsupported Media Type", "messages are sent as " + MessageCodec.CONTENT_TYPE);
            }
        }

        /** A proxy on this host makes everybody look local, so any sign of one ends the trust. */
        private void checkLoopback(@Nullable InetAddress remote) throws RefusedException {
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

        /** Reads no more than is allowed, and for no longer, however slowly it comes. */
        private byte[] readBody() throws RefusedException, IOException {
            long started = nanoTime.getAsLong();
            long announced = Math.max(0, request.contentLength());
            ByteArrayOutputStream body = new ByteArrayOutputStream((int) Math.max(FIRST_BUFFER, announced));
            byte[] buffer = new byte[FIRST_BUFFER];
            InputStream from = request.body();
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                if (body.size() + read > settings.maxMessageBytes()) {
                    throw tooLarge();
                }
                body.write(buffer, 0, read);
                if (nanoTime.getAsLong() - started > settings.requestTimeout().toNanos()) {
                    throw new RefusedException(tooSlow(), "");
                }
            }
            bodyWasRead = true;
            return body.toByteArray();
        }

        private void checkSignature(RequestIdentity identity, byte[] body) throws RefusedException {
            if (signer == null) {
                return;
            }
            if (!signer.isRequestSigned(identity, body, request.headers().get(PeerHeaders.SIGNATURE))) {
                throw unauthorized("the signature does not match; do both nodes have the same shared-secret?");
            }
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
            if (from == settings.pid()) {
                throw new RefusedException(
                        409,
                        "Conflict",
                        "the sender says that it is node " + from + ", but that is this node; compare pid and peers");
            }
        }

        private RefusedException otherThanTheHeaders() {
            return new RefusedException(400, "Bad Request", "the headers name other nodes than the body");
        }

        private void checkReplay(RequestIdentity identity) throws RefusedException {
            if (signer == null) {
                return;
            }
            PeerSessions.Verdict verdict = sessions.check(identity);
            if (verdict instanceof PeerSessions.Verdict.Reopen reopen) {
                throw new RefusedException(
                        401, "Unauthorized", "send it again in the session named here", reopen.session());
            }
            if (verdict instanceof PeerSessions.Verdict.Refused refused) {
                throw unauthorized(refused.reason());
            }
        }

        private PeerAnswer problem(Problem problem, String session) {
            return signed(problem.status(), Problem.CONTENT_TYPE, problem.toJson(), session);
        }

        private PeerAnswer signed(int status, String contentType, byte[] body, String session) {
            Map<String, String> headers = new HashMap<>();
            headers.put("Content-Type", contentType);
            if (status == 405) {
                headers.put("Allow", "POST");
            }
            if (signer != null && signedBy != null) {
                if (!session.isEmpty()) {
                    headers.put(PeerHeaders.SESSION, session);
                }
                headers.put(PeerHeaders.SIGNATURE, signer.signAnswer(signedBy, status, session, body));
            }
            return new PeerAnswer(status, headers, body, bodyWasRead);
        }

        private RefusedException tooLarge() {
            return new RefusedException(
                    413,
                    "Content Too Large",
                    "a body has at most " + settings.maxMessageBytes() + " bytes; compare transport.max-message-size");
        }

        private RefusedException unauthorized(String detail) {
            return new RefusedException(401, "Unauthorized", detail);
        }
    }
}
