package io.omnipaxos.spring.transport;

import org.jspecify.annotations.Nullable;

/**
 * How nodes prove to each other that they belong to the cluster.
 *
 * @param secret signs every request and answer, and every one must be signed; null if there is none
 * @param previousSecret signs and is accepted as well, while one secret takes the place of another; null otherwise
 * @param tls key and trust of mutual TLS, which stands for signatures where there is no secret; null if there is none,
 *     then peers with https URLs are checked against the certificates that the JVM trusts
 */
public record PeerSecurity(
        @Nullable String secret,
        @Nullable String previousSecret,
        @Nullable PeerTls tls) {

    /** Nothing is proven: at most nodes on the loopback interface talk to each other. */
    public static final PeerSecurity NONE = new PeerSecurity(null, null, null);

    public PeerSecurity {
        if ((secret != null && secret.isBlank()) || (previousSecret != null && previousSecret.isBlank())) {
            throw new IllegalArgumentException("the shared secret is empty");
        }
        if (secret == null && previousSecret != null) {
            throw new IllegalArgumentException("there is a previous secret, but no present one");
        }
    }

    /** One secret, and no certificates. */
    public static PeerSecurity sharedSecret(String secret) {
        return new PeerSecurity(secret, null, null);
    }

    /** Certificates, and no secret. */
    public static PeerSecurity mutualTls(PeerTls tls) {
        return new PeerSecurity(null, null, tls);
    }

    /** Whether nothing proves who a peer is. */
    public boolean isOpen() {
        return secret == null && tls == null;
    }

    /** Whether a certificate is all that proves who a peer is. */
    public boolean restsOnCertificates() {
        return secret == null && tls != null;
    }

    /** Keeps the secrets out of logs. */
    @Override
    public String toString() {
        return "PeerSecurity[signed=" + (secret != null) + ", previousSecret=" + (previousSecret != null) + ", tls="
                + (tls != null) + "]";
    }
}
