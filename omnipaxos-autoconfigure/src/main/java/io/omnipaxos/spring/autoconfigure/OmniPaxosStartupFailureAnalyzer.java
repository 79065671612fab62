package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.OmniPaxosStartupException;
import io.omnipaxos.spring.StartupFault;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows every fault with what to do about it. */
final class OmniPaxosStartupFailureAnalyzer extends AbstractFailureAnalyzer<OmniPaxosStartupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OmniPaxosStartupException cause) {
        List<StartupFault> faults = cause.faults();
        String description =
                faults.stream().map(fault -> fault.description() + ".").collect(Collectors.joining("\n\n"));
        String action = faults.stream().map(StartupFault::action).distinct().collect(Collectors.joining("\n\n"));
        return new FailureAnalysis(description, action, cause);
    }
}
