package io.omnipaxos.spring.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests and answers with HMAC-SHA256 under the secret that all nodes share.
 *
 * <p>No clock is involved: that a request is new is known from its counter within a session, see {@link PeerSessions};
 * an answer is bound to its request, so that no other answer can stand in for it. Safe for use by any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2104">RFC 2104</a>
 */
final class MessageSigner {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    MessageSigner(String secret) {
        key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    String signRequest(RequestIdentity identity, byte[] body) {
        return HexFormat.of().formatHex(mac("request", identity, 0, "", body));
    }

    boolean isRequestSigned(RequestIdentity identity, byte[] body, @Nullable String signature) {
        return matches(mac("request", identity, 0, "", body), signature);
    }

    /**
     * Signs an answer.
     *
     * @param identity of the request that is answered
     * @param status the status of the answer
     * @param session the session named in the answer, or empty
     * @param body of the answer
     */
    String signAnswer(RequestIdentity identity, int status, String session, byte[] body) {
        return HexFormat.of().formatHex(mac("answer", identity, status, session, body));
    }

    boolean isAnswerSigned(
            RequestIdentity identity, int status, String session, byte[] body, @Nullable String signature) {
        return matches(mac("answer", identity, status, session, body), signature);
    }

    private static boolean matches(byte[] expected, @Nullable String signature) {
        try {
            return signature != null
                    && MessageDigest.isEqual(expected, HexFormat.of().parseHex(signature));
        } catch (IllegalArgumentException notHexadecimal) {
            return false;
        }
    }

    /** Every field carries its length, so that no two different requests are the same bytes to the MAC. */
    private byte[] mac(String what, RequestIdentity identity, int status, String session, byte[] body) {
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
            fields.writeInt(body.length);
        } catch (IOException cannotHappenInMemory) {
            throw new UncheckedIOException(cannotHappenInMemory);
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head.toByteArray());
            return mac.doFinal(body);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, missing);
        }
    }
}
