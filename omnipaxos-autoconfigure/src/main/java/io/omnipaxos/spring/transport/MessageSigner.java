package io.omnipaxos.spring.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests and answers with HMAC-SHA256 under the secret that all nodes share.
 *
 * <p>While one secret takes the place of another there are two, and everything is signed under both: two nodes understand
 * each other if they have one secret in common. So a cluster can be given a new one node by node.
 *
 * <p>No clock is involved: that a request is new is known from its counter within a session, see {@link PeerSessions};
 * an answer is bound to its request, so that no other answer can stand in for it. Safe for use by any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2104">RFC 2104</a>
 */
final class MessageSigner {

    private static final String ALGORITHM = "HmacSHA256";

    /** Between the signatures under the present and the previous secret. */
    private static final String SEPARATOR = ",";

    private static final int MAX_SIGNATURES = 2;
    private static final int SIGNATURE_LENGTH = 64;

    private final List<SecretKeySpec> keys;

    MessageSigner(String secret) {
        this(secret, null);
    }

    MessageSigner(String secret, @Nullable String previousSecret) {
        keys = Stream.of(secret, previousSecret)
                .filter(Objects::nonNull)
                .map(text -> new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM))
                .toList();
    }

    /** What signs under the secrets of these settings, null if they have none. */
    static @Nullable MessageSigner of(PeerSecurity security) {
        return security.secret() == null ? null : new MessageSigner(security.secret(), security.previousSecret());
    }

    String signRequest(RequestIdentity identity, byte[] body) {
        return sign(head("request", identity, 0, "", "", body), body);
    }

    boolean isRequestSigned(RequestIdentity identity, byte[] body, @Nullable String signature) {
        return matches(head("request", identity, 0, "", "", body), body, signature);
    }

    /**
     * Signs an answer.
     *
     * @param identity of the request that is answered
     * @param status the status of the answer
     * @param session the session named in the answer, or empty
     * @param advertisedUrl where clients reach the node that answers, or empty
     * @param body of the answer
     */
    String signAnswer(RequestIdentity identity, int status, String session, String advertisedUrl, byte[] body) {
        return sign(head("answer", identity, status, session, advertisedUrl, body), body);
    }

    boolean isAnswerSigned(
            RequestIdentity identity,
            int status,
            String session,
            String advertisedUrl,
            byte[] body,
            @Nullable String signature) {
        return matches(head("answer", identity, status, session, advertisedUrl, body), body, signature);
    }

    private String sign(byte[] head, byte[] body) {
        return keys.stream()
                .map(key -> HexFormat.of().formatHex(mac(key, head, body)))
                .collect(Collectors.joining(SEPARATOR));
    }

    private boolean matches(byte[] head, byte[] body, @Nullable String signature) {
        List<byte[]> given = parse(signature);
        return !given.isEmpty()
                && keys.stream()
                        .map(key -> mac(key, head, body))
                        .anyMatch(expected -> given.stream().anyMatch(one -> MessageDigest.isEqual(expected, one)));
    }

    /** Nothing if there is anything wrong with it, so that no MAC is made for nothing. */
    private static List<byte[]> parse(@Nullable String signature) {
        if (signature == null || signature.length() > MAX_SIGNATURES * (SIGNATURE_LENGTH + 1)) {
            return List.of();
        }
        try {
            return Arrays.stream(signature.split(SEPARATOR, -1))
                    .map(String::strip)
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IllegalArgumentException notHexadecimal) {
            return List.of();
        }
    }

    /** Every field carries its length, so that no two different requests are the same bytes to the MAC. */
    private static byte[] head(
            String what, RequestIdentity identity, int status, String session, String advertisedUrl, byte[] body) {
        ByteArrayOutputStream head = new ByteArrayOutputStream(256);
        try (DataOutputStream fields = new DataOutputStream(head)) {
            fields.writeUTF("omnipaxos " + what);
            fields.writeLong(identity.sender());
            fields.writeLong(identity.receiver());
            fields.writeUTF(identity.boot());
            fields.writeLong(identity.counter());
            fields.writeUTF(identity.session());
            fields.writeUTF(identity.lane().wireName());
            fields.writeInt(status);
            fields.writeUTF(session);
            writeText(fields, identity.advertisedUrl());
            writeText(fields, advertisedUrl);
            fields.writeInt(body.length);
        } catch (IOException cannotHappenInMemory) {
            throw new UncheckedIOException(cannotHappenInMemory);
        }
        return head.toByteArray();
    }

    /** As it was received, however long that is: only what is signed is looked at. */
    private static void writeText(DataOutputStream fields, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        fields.writeInt(bytes.length);
        fields.write(bytes);
    }

    private static byte[] mac(SecretKeySpec key, byte[] head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head);
            return mac.doFinal(body);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, missing);
        }
    }
}
