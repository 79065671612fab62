package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Nodes.Inbox;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopbackOnlyTest {

    @Test
    void findsThisHostAlone() throws Exception {
        LoopbackOnly resolver = new LoopbackOnly();

        assertThat(resolver.resolve("127.0.0.1")).hasSize(1);
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> resolver.resolve("192.0.2.1"))
                .withMessageContaining("192.0.2.1 is not this host");
    }

    /** The address of a peer may come from the cluster itself, long after the start. */
    @Test
    void withoutAnyProofNothingLeavesThisHost() {
        URI elsewhere = URI.create("http://192.0.2.1:8080");
        try (HttpTransport one = Nodes.transport(Nodes.settings(1, null), pid -> elsewhere)) {
            one.start(new Inbox());

            await().until(() -> {
                one.send(List.of(Nodes.heartbeat(1, 2, 5)));
                String error = Objects.requireNonNull(one.connections().get(2L)).error();
                return error != null && error.contains("192.0.2.1 is not this host, and nothing is sent there");
            });
        }
    }
}
