package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.spring.OmniPaxosConnectionDetails;
import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import io.omnipaxos.spring.transport.PeerSecurity;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** What must hold between the node and the application around it. Checked when this bean is made. */
final class DeploymentChecks {

    private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);
    private static final String WEB_CONTEXT = "org.springframework.web.context.WebApplicationContext";

    /**
     * Checks.
     *
     * @param isHttp whether peers talk HTTP; another transport has ports and proofs of its own, or needs none
     */
    DeploymentChecks(
            DerivedSettings settings,
            NodeSettings node,
            OmniPaxosConnectionDetails connectionDetails,
            PeerSecurity security,
            boolean isHttp,
            ApplicationContext context) {
        boolean hasPeers = isHttp && PeerAddressChecks.hasPeers(connectionDetails);
        boolean needsPort =
                hasPeers && settings.properties().transport().port() == null && !isServletApplication(context);
        var faults = Stream.of(
                        budgetFault(node, context.getEnvironment()),
                        needsPort ? Optional.of(portFault()) : Optional.<StartupFault>empty(),
                        isHttp ? PeerAddressChecks.fault(security, connectionDetails) : Optional.<StartupFault>empty())
                .flatMap(Optional::stream)
                .toList();
        if (!faults.isEmpty()) {
            throw new OmniPaxosStartupException(faults);
        }
    }

    /** Revoking, draining and the hand-over itself all happen in one phase of the shutdown. */
    private static Optional<StartupFault> budgetFault(NodeSettings node, Environment environment) {
        Duration phase =
                Binder.get(environment).bind(PHASE_TIMEOUT, Duration.class).orElse(DEFAULT_PHASE_TIMEOUT);
        Duration needed = node.revokeTimeout().plus(node.drainTimeout()).plus(node.electionTimeout());
        return needed.compareTo(phase) <= 0
                ? Optional.empty()
                : Optional.of(new StartupFault(
                        "omnipaxos.callback.revoke-timeout (" + node.revokeTimeout() + "), "
                                + "omnipaxos.handover.drain-timeout (" + node.drainTimeout()
                                + ") and one election timeout (" + node.electionTimeout() + ") do not fit into "
                                + PHASE_TIMEOUT + " (" + phase + "): leadership could not be handed over at shutdown",
                        "Lower the two, or set " + PHASE_TIMEOUT + " to at least " + (needed.toSeconds() + 1) + "s."));
    }

    private static StartupFault portFault() {
        return new StartupFault(
                "There are peers, but this application has no servlet web server on whose port they could be answered",
                "Set omnipaxos.transport.port to a port for peers, and name that port in the peers' omnipaxos.peers.");
    }

    private static boolean isServletApplication(ApplicationContext context) {
        Class<?> type = ClassUtils.isPresent(WEB_CONTEXT, context.getClassLoader())
                ? ClassUtils.resolveClassName(WEB_CONTEXT, context.getClassLoader())
                : null;
        return type != null && type.isInstance(context);
    }
}
