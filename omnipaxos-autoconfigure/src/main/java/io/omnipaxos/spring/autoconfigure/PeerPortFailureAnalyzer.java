package io.omnipaxos.spring.autoconfigure;

import io.omnipaxos.spring.transport.PeerPortException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why the port for peers could not be opened. */
final class PeerPortFailureAnalyzer extends AbstractFailureAnalyzer<PeerPortException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PeerPortException cause) {
        return new FailureAnalysis(
                "The node cannot answer its peers: " + cause.getMessage(),
                "Set omnipaxos.transport.port to a free port and name that port in the peers' omnipaxos.peers, or stop "
                        + "the process that listens on port " + cause.port() + ".",
                cause);
    }
}
