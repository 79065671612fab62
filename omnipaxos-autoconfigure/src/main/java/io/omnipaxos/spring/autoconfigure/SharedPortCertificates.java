package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.transport.PeerSecurity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Looks at the TLS of the web server that serves peers as well, after everybody has set it: where only certificates prove
 * who a peer is, it has to ask for them. Changes nothing.
 */
final class SharedPortCertificates
        implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(SharedPortCertificates.class);

    private final PeerSecurity security;
    private final OmniPaxosConnectionDetails connectionDetails;

    SharedPortCertificates(PeerSecurity security, OmniPaxosConnectionDetails connectionDetails) {
        this.security = security;
        this.connectionDetails = connectionDetails;
    }

    @Override
    public void customize(AbstractConfigurableWebServerFactory factory) {
        boolean hasPeers = !connectionDetails.peers().isEmpty() || connectionDetails.join() != null;
        if (security.tls() == null || !hasPeers || asksForCertificates(factory.getSsl())) {
            return;
        }
        if (security.restsOnCertificates()) {
            throw new OmniPaxosStartupException(List.of(fault(Ssl.isEnabled(factory.getSsl()))));
        }
        LOG.info(
                "On the port of the application no client certificate is asked of peers: there they prove themselves by"
                        + " omnipaxos.transport.shared-secret alone, and omnipaxos.transport.ssl-bundle serves the requests of"
                        + " this node");
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    private static boolean asksForCertificates(@Nullable Ssl ssl) {
        return ssl != null
                && Ssl.isEnabled(ssl)
                && (ssl.getClientAuth() == Ssl.ClientAuth.NEED || ssl.getClientAuth() == Ssl.ClientAuth.WANT);
    }

    private static StartupFault fault(boolean encrypted) {
        return new StartupFault(
                "Only the certificates of omnipaxos.transport.ssl-bundle prove who a peer is, but the web server, on whose"
                        + " port peers are answered, "
                        + (encrypted ? "asks nobody for a certificate" : "does not speak TLS"),
                (encrypted ? "Set" : "Set server.ssl.bundle, and") + " server.ssl.client-auth=want (or need, if every"
                        + " client has a certificate); or set omnipaxos.transport.port to a port for peers alone; or set"
                        + " omnipaxos.transport.shared-secret on all nodes.");
    }
}
