package io.omnipaxos.spring.guard;

import io.omnipaxos.spring.StartupFault;
import java.util.Optional;

/** Whether an application can route requests to the leader. */
@FunctionalInterface
public interface RoutingCheck {

    /** For applications without Spring MVC. */
    RoutingCheck WITHOUT_MVC = method -> Optional.of(new StartupFault(
            "@LeaderOnly method " + method + " is to redirect or forward requests, but this is no servlet application"
                    + " with Spring MVC",
            "Use @LeaderOnly(otherwise = REJECT), and send the client to the leader that NotLeaderException names."));

    /**
     * What is missing for it, empty if nothing is.
     *
     * @param method one that needs it, in words
     */
    Optional<StartupFault> fault(String method);
}
