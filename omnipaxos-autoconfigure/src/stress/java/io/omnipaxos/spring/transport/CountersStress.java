package io.omnipaxos.spring.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Lanes, server and loop count at the same time. */
public final class CountersStress {

    private CountersStress() {}

    @JCStressTest
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "both counted")
    @Outcome(expect = FORBIDDEN, desc = "one is lost")
    @State
    public static class TwoDrop {

        private final Counters counters = new Counters();

        @Actor
        public void drop() {
            counters.dropped(1);
        }

        @Actor
        public void dropMore() {
            counters.dropped(2);
        }

        @Arbiter
        public void look(J_Result result) {
            result.r1 = counters.dropped();
        }
    }
}
