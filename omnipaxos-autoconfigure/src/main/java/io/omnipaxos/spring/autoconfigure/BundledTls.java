package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.transport.PeerTls;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Takes key and trust of mutual TLS from an SSL bundle, and follows the bundle when it is renewed. A renewal that cannot
 * be used changes nothing, and is told in the log.
 */
final class BundledTls {

    private static final Logger LOG = LoggerFactory.getLogger(BundledTls.class);
    private static final String PROPERTY = "omnipaxos.transport.ssl-bundle";

    private final String name;

    private BundledTls(String name) {
        this.name = name;
    }

    /**
     * Looks a bundle up.
     *
     * @throws OmniPaxosStartupException if there is none, or it does not serve for mutual TLS
     */
    static PeerTls of(String name, @Nullable SslBundles bundles) {
        BundledTls bundled = new BundledTls(name);
        List<String> known = bundles == null ? List.of() : bundles.getBundleNames();
        if (bundles == null || !known.contains(name)) {
            throw bundled.fault(
                    "there is no SSL bundle of that name" + (known.isEmpty() ? "" : ", but there are " + known),
                    "Define it below spring.ssl.bundle.pem." + name + " or spring.ssl.bundle.jks." + name
                            + ", with a key and with the certificates to trust, or correct " + PROPERTY + ".");
        }
        SslBundle bundle = bundles.getBundle(name);
        PeerTls tls = new PeerTls(bundled.checkedMaterial(bundle));
        bundles.addBundleUpdateHandler(name, renewed -> bundled.renew(tls, renewed));
        return tls;
    }

    private void renew(PeerTls tls, SslBundle renewed) {
        try {
            tls.renew(checkedMaterial(renewed));
            LOG.info("Peers are met with what is new in the SSL bundle '{}'; connections are made anew", name);
        } catch (RuntimeException unusable) {
            LOG.error(
                    "The SSL bundle '{}' was renewed, but peers are still met with what was in it before",
                    name,
                    unusable);
        }
    }

    private PeerTls.Material checkedMaterial(SslBundle bundle) {
        try {
            if (bundle.getStores().getKeyStore() == null) {
                throw fault(
                        "it has no key, so this node could not prove to be a peer",
                        "Add a keystore to the bundle: the key and certificate of this node.");
            }
            if (bundle.getStores().getTrustStore() == null) {
                throw fault(
                        "it has no truststore, so everybody with a certificate of a public authority would be a peer",
                        "Add a truststore to the bundle: the certificate of an authority for this cluster alone, or those"
                                + " of all nodes.");
            }
            return material(bundle);
        } catch (OmniPaxosStartupException told) {
            throw told;
        } catch (RuntimeException unusable) {
            throw fault("it cannot be used: " + rootMessage(unusable), "Correct the bundle and its files.", unusable);
        }
    }

    private PeerTls.Material material(SslBundle bundle) {
        SslOptions options = bundle.getOptions();
        X509TrustManager trusted = Arrays.stream(bundle.getManagers().getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no certificates are trusted"));
        return new PeerTls.Material(
                bundle.createSslContext(),
                trusted,
                listOf(options.getEnabledProtocols()),
                listOf(options.getCiphers()));
    }

    private static List<String> listOf(String @Nullable [] names) {
        return names == null ? List.of() : List.of(names);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage() == null ? root : root.getMessage());
    }

    private OmniPaxosStartupException fault(String what, String action) {
        return new OmniPaxosStartupException(
                List.of(new StartupFault(PROPERTY + " names the bundle '" + name + "', but " + what, action)));
    }

    private OmniPaxosStartupException fault(String what, String action, RuntimeException cause) {
        OmniPaxosStartupException fault = fault(what, action);
        fault.initCause(cause);
        return fault;
    }
}
