package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.function.SingletonSupplier;

/** TLS with which requests are forwarded to a leader at an https URL. */
final class LeaderTls {

    private static final String PROPERTY = "omnipaxos.routing.ssl-bundle";

    private LeaderTls() {}

    /**
     * With the bundle as it is at each connect, so that certificates may be renewed; without one, with what the JVM
     * trusts.
     *
     * @throws OmniPaxosStartupException if there is no such bundle
     */
    static TlsSocketStrategy of(OmniPaxosProperties properties, @Nullable SslBundles bundles) {
        String own = properties.routing().sslBundle();
        String name = own != null ? own : properties.transport().sslBundle();
        if (name == null) {
            return connecting(SingletonSupplier.of(DefaultClientTlsStrategy::createSystemDefault));
        }
        if (own != null
                && properties.enabled()
                && (bundles == null || !bundles.getBundleNames().contains(own))) {
            throw new OmniPaxosStartupException(List.of(new StartupFault(
                    PROPERTY + " names the bundle '" + own + "', but there is no SSL bundle of that name",
                    "Define it below spring.ssl.bundle.pem." + own + " or spring.ssl.bundle.jks." + own
                            + ", or correct " + PROPERTY + ".")));
        }
        return connecting(() -> strategy(Objects.requireNonNull(bundles).getBundle(name)));
    }

    /** Asked for at a connect only, as the JVM's own context takes a while to load. */
    private static TlsSocketStrategy connecting(Supplier<? extends TlsSocketStrategy> strategy) {
        return (socket, host, port, attachment, context) ->
                Objects.requireNonNull(strategy.get()).upgrade(socket, host, port, attachment, context);
    }

    private static TlsSocketStrategy strategy(SslBundle bundle) {
        return new DefaultClientTlsStrategy(
                bundle.createSslContext(),
                bundle.getOptions().getEnabledProtocols(),
                bundle.getOptions().getCiphers(),
                SSLBufferMode.STATIC,
                HttpsSupport.getDefaultHostnameVerifier());
    }
}
