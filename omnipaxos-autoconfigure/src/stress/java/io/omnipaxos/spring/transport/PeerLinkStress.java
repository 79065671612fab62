package io.omnipaxos.spring.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.transport.PeerConnection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
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

    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "the lane ends")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "it waits for something to send")
    @State
    public static class SendUntilClosed {

        private static final ScheduledExecutorService WATCH = Executors.newScheduledThreadPool(0);

        private final PeerLink link = link();
        private final PeerLane lane;

        public SendUntilClosed() {
            PeerClient client = new PeerClient(
                    StressSettings.ONE,
                    new MessageCodec(1 << 16),
                    null,
                    new PeerClient.PeerState(2, "boot"),
                    Lane.LOG,
                    pid -> null,
                    WATCH);
            lane = new PeerLane(
                    StressSettings.ONE,
                    Lane.LOG,
                    link,
                    client,
                    new PeerLane.Handover(batch -> {}, pid -> {}),
                    COUNTERS,
                    System::nanoTime);
        }

        @Actor
        public void send() {
            lane.run();
        }

        @Signal
        public void close() {
            link.close();
        }
    }
}
