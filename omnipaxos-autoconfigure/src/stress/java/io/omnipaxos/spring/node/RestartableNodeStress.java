package io.omnipaxos.spring.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.message.Envelope;
import io.omnipaxos.node.NodeSettings;
import io.omnipaxos.node.OmniPaxosNode;
import io.omnipaxos.spring.state.MapStateMachine;
import io.omnipaxos.storage.memory.MemoryStorage;
import io.omnipaxos.transport.PeerConnection;
import io.omnipaxos.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Whatever is asked of a context's node gets an answer while that is started and stopped. With real threads. */
public final class RestartableNodeStress {

    private static final NodeSettings SETTINGS =
            NodeSettings.defaults("stress", 1, ClusterConfiguration.majority(1, List.of(1L)));

    private RestartableNodeStress() {}

    /** A node that is not elected, as it does not stand. */
    public abstract static class Restartable {

        final RestartableNode node = new RestartableNode(() -> new OmniPaxosNode(
                SETTINGS, MemoryStorage::new, new NoTransport(), new MapStateMachine(), LeadershipListener.NONE));
        private CompletableFuture<?> appended;

        void append() {
            appended = node.append(new byte[1]);
        }

        /** The answer comes on a thread of its own. */
        void answered(Z_Result result) {
            node.close();
            result.r1 = appended.handle((done, failure) -> true)
                    .completeOnTimeout(false, 10, TimeUnit.SECONDS)
                    .join();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class AppendOrStart extends Restartable {

        @Actor
        public void ask() {
            append();
        }

        @Actor
        public void start() {
            node.start();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class AppendOrRestart extends Restartable {

        public AppendOrRestart() {
            node.start();
        }

        @Actor
        public void ask() {
            append();
        }

        @Actor
        public void restart() {
            node.close();
            node.start();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    private static final class NoTransport implements Transport {

        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(List<Envelope> envelopes) {}

        @Override
        public void members(ClusterConfiguration configuration) {}

        @Override
        public Map<Long, PeerConnection> connections() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
