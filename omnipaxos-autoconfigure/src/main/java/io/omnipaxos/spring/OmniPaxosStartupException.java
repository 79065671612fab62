package io.omnipaxos.spring;

import java.util.List;
import java.util.stream.Collectors;

/** The application cannot start as it is written or configured. Shown at start-up with what to do about each fault. */
public class OmniPaxosStartupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<StartupFault> faults;

    /** Reports all faults of one kind together. */
    public OmniPaxosStartupException(List<StartupFault> faults) {
        super(faults.stream().map(StartupFault::description).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    public List<StartupFault> faults() {
        return faults;
    }
}
