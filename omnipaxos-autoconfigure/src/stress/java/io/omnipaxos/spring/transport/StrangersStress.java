package io.omnipaxos.spring.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.message.Envelope;
import io.omnipaxos.message.LearningMessage.Ahead;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What waits for a node that becomes a member, or while the transport is closed, goes one way or is counted. */
public final class StrangersStress {

    private static final long STRANGER = 4;

    private StrangersStress() {}

    /** A node has asked that is no member. */
    public abstract static class OneHasAsked {

        final Counters counters = new Counters();
        final Strangers strangers = new Strangers(StressSettings.ONE, () -> 0, counters);

        OneHasAsked() {
            List<Envelope> nothing = ask();
            assert nothing.isEmpty();
        }

        List<Envelope> ask() {
            return strangers.exchange(new Batch("stress", STRANGER, 1, "boot", List.of()), Lane.HEARTBEAT, () -> {});
        }

        void answer() {
            strangers.offer(new Envelope("stress", 1, 1, STRANGER, new Ahead(1)));
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it goes with the member, or is counted")
    @Outcome(expect = FORBIDDEN, desc = "lost without being counted, or there twice")
    @State
    public static class AnswerOrBecomeAMember extends OneHasAsked {

        private int taken;

        @Actor
        public void offer() {
            answer();
        }

        @Actor
        public void join() {
            taken = strangers.remove(STRANGER).size();
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = taken + ask().size() + (int) counters.dropped();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "counted")
    @Outcome(expect = FORBIDDEN, desc = "lost without being counted")
    @State
    public static class AnswerOrClose extends OneHasAsked {

        @Actor
        public void offer() {
            answer();
        }

        @Actor
        public void close() {
            strangers.close();
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = (int) counters.dropped();
        }
    }
}
