package io.omnipaxos.spring.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.omnipaxos.spring.transport.Nodes.Inbox;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes are given a new secret, one after the other, each by a restart. */
@Timeout(120)
class SecretRotationTest {

    private static final PeerSecurity OLD = new PeerSecurity("the old secret", null, null);
    private static final PeerSecurity BOTH = new PeerSecurity("the new secret", "the old secret", null);
    private static final PeerSecurity NEW = new PeerSecurity("the new secret", null, null);

    private final Map<Long, URI> addresses = new ConcurrentHashMap<>();
    private final Map<Long, Node> nodes = new LinkedHashMap<>();
    private final AtomicLong round = new AtomicLong();

    @AfterEach
    void stop() {
        nodes.values().forEach(Node::close);
    }

    @Test
    void allHearEachOtherAfterEachStep() throws Exception {
        for (PeerSecurity step : List.of(OLD, BOTH, NEW)) {
            for (long pid = 1; pid <= 3; pid++) {
                restart(pid, step);
                if (nodes.size() == 3) {
                    assertAllHearEachOther();
                }
            }
        }
    }

    @Test
    void theOldSecretIsRefusedInWordsOnceItIsGone() {
        restart(1, OLD);
        restart(2, NEW);

        await().until(() -> {
            send(1, 2);
            String error = Objects.requireNonNull(
                            nodes.get(1L).transport.connections().get(2L))
                    .error();
            return error != null && error.contains("do both nodes have the same shared-secret?");
        });
        assertThat(nodes.get(2L).inbox.received).isEmpty();
    }

    private void assertAllHearEachOther() {
        for (long from = 1; from <= 3; from++) {
            for (long to = 1; to <= 3; to++) {
                long sender = from;
                Node receiver = nodes.get(to);
                if (from != to) {
                    receiver.inbox.received.clear();
                    await("node " + from + " to node " + to).until(() -> {
                        send(sender, receiver.pid);
                        return receiver.inbox.received.stream().anyMatch(envelope -> envelope.from() == sender);
                    });
                }
            }
        }
    }

    private void send(long from, long to) {
        nodes.get(from).transport.send(List.of(Nodes.heartbeat(from, to, round.incrementAndGet())));
    }

    private void restart(long pid, PeerSecurity security) {
        @Nullable Node former = nodes.remove(pid);
        if (former != null) {
            former.close();
        }
        HttpTransport transport = Nodes.transport(Nodes.secured(pid, security), addresses::get);
        PeerServer server = new PeerServer(transport.endpoint(), 0);
        server.open();
        addresses.put(pid, URI.create("http://127.0.0.1:" + server.port()));
        Inbox inbox = new Inbox();
        transport.start(inbox);
        nodes.put(pid, new Node(pid, transport, server, inbox));
    }

    private record Node(long pid, HttpTransport transport, PeerServer server, Inbox inbox) {

        private void close() {
            transport.close();
            server.close();
        }
    }
}
