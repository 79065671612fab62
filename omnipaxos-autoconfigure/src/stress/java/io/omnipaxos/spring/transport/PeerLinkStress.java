package io.omnipaxos.spring.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.transport.PeerConnection;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The two lanes to one peer tell what they find, each on its thread. */
public final class PeerLinkStress {

    private static final Counters COUNTERS = new Counters();

    private PeerLinkStress() {}

    private static PeerLink link() {
        return new PeerLink(StressSettings.ONE, 2, () -> 0, COUNTERS);
    }

    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "news on one lane")
    @Outcome(expect = FORBIDDEN, desc = "told twice that the peer is back, or never")
    @State
    public static class BothAreAnswered {

        private final PeerLink link = link();

        @Actor
        public void heartbeat(ZZ_Result result) {
            result.r1 = link.answered(Lane.HEARTBEAT, "boot", 1);
        }

        @Actor
        public void log(ZZ_Result result) {
            result.r2 = link.answered(Lane.LOG, "boot", 1);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "reachable without an error, or not and why")
    @Outcome(expect = FORBIDDEN, desc = "neither")
    @State
    public static class OneIsAnsweredAndOneFails {

        private final PeerLink link = link();

        @Actor
        public void heartbeat() {
            link.answered(Lane.HEARTBEAT, "boot", 1);
        }

        @Actor
        public void log() {
            link.failed(Lane.LOG, PeerFailure.unreachable("gone"));
        }

        @Arbiter
        public void look(Z_Result result) {
            PeerConnection connection = link.connection();
            result.r1 = connection.reachable() == (connection.error() == null);
        }
    }

    /** As a lane waits for something to send. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "woken, or it need not wait")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps on")
    @State
    public static class CloseOrAwait {

        private final PeerLink link = link();

        @Actor
        public void close() {
            link.close();
        }

        @Actor
        public void await(Z_Result result) {
            result.r1 = StressSettings.isWoken(link.queue(Lane.LOG), link::isClosed);
        }
    }

    /** As one lane waits while the other finds the peer again. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "woken, or it need not wait")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps on")
    @State
    public static class AnsweredOrAwait {

        private final PeerLink link = link();

        @Actor
        public void answer() {
            link.answered(Lane.HEARTBEAT, "boot", 1);
        }

        @Actor
        public void await(Z_Result result) {
            result.r1 = StressSettings.isWoken(link.queue(Lane.LOG), link::isReachable);
        }
    }
}
