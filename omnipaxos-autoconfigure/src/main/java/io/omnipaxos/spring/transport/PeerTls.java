package io.omnipaxos.spring.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.jspecify.annotations.Nullable;

/**
 * Key and trust of mutual TLS between nodes, as they are now. They may be renewed while nodes talk: connections that were
 * made before are then made anew. Safe for use by any thread.
 */
public final class PeerTls {

    private volatile Material present;

    /** Begins with this material. */
    public PeerTls(Material first) {
        present = first;
    }

    /**
     * What TLS is made of.
     *
     * @param context with this node's key and what it trusts
     * @param trusted decides which certificates are those of peers; the same as in the context
     * @param protocols the only ones to use, empty for those of the JVM
     * @param ciphers the only ones to use, empty for those of the JVM
     */
    public record Material(SSLContext context, X509TrustManager trusted, List<String> protocols, List<String> ciphers) {

        public Material {
            protocols = List.copyOf(protocols);
            ciphers = List.copyOf(ciphers);
        }
    }

    /** What new connections use. */
    public Material present() {
        return present;
    }

    /** From now on this is used. */
    public void renew(Material next) {
        present = next;
    }

    /** Wraps an accepted connection: the other end has to show a certificate. The handshake is still to come. */
    static SSLSocket accepted(Material material, Socket socket) throws IOException {
        InputStream nothingWasRead = null;
        SSLSocket secured =
                (SSLSocket) material.context().getSocketFactory().createSocket(socket, nothingWasRead, true);
        SSLParameters parameters = secured.getSSLParameters();
        if (!material.protocols().isEmpty()) {
            parameters.setProtocols(material.protocols().toArray(String[]::new));
        }
        if (!material.ciphers().isEmpty()) {
            parameters.setCipherSuites(material.ciphers().toArray(String[]::new));
        }
        parameters.setNeedClientAuth(true);
        secured.setSSLParameters(parameters);
        return secured;
    }

    /** Makes connections to others, whose certificates must be trusted and name the host that was asked for. */
    static TlsSocketStrategy connecting(Material material) {
        return new DefaultClientTlsStrategy(
                material.context(),
                orNull(material.protocols()),
                orNull(material.ciphers()),
                SSLBufferMode.STATIC,
                HttpsSupport.getDefaultHostnameVerifier());
    }

    /**
     * Whether a chain of certificates, which the other end of a connection has proven to own, is that of a peer.
     *
     * @param chain as the web server hands it over, the other end's own certificate first; null if none was shown
     */
    boolean trusts(X509Certificate @Nullable [] chain) {
        if (chain == null || chain.length == 0) {
            return false;
        }
        try {
            present.trusted().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException | RuntimeException notTrusted) {
            return false;
        }
    }

    private static String @Nullable [] orNull(List<String> names) {
        return names.isEmpty() ? null : names.toArray(String[]::new);
    }
}
