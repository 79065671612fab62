package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.leadership.LeaderChange;
import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.leadership.Tenure;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The loop tells, and the thread for callbacks is at it meanwhile. */
public final class CallbacksStress {

    private CallbacksStress() {}

    @JCStressTest
    @Outcome(id = "e1 r1 e2 r2", expect = ACCEPTABLE, desc = "in order, elected and revoked in turns")
    @Outcome(expect = FORBIDDEN, desc = "out of order, or something twice or not at all")
    @State
    public static class TwoTenures implements LeadershipListener {

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final Callbacks callbacks = new Callbacks(this, waiting::add);
        private final StringBuilder told = new StringBuilder();

        @Actor
        public void loop() {
            callbacks.elected(new Tenure(StressNodes.BALLOT, 1));
            // A planned end, and the lost lease that follows it.
            callbacks.revoked("handed over");
            callbacks.revoked("lost");
            callbacks.elected(new Tenure(StressNodes.BALLOT, 2));
            callbacks.revoked("stopped");
        }

        @Actor
        public void call() {
            for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
                next.run();
            }
        }

        @Arbiter
        public void look(L_Result result) {
            call();
            result.r1 = told.toString().trim();
        }

        @Override
        public void elected(Tenure tenure) {
            told.append("e").append(tenure.fencingToken()).append(' ');
        }

        @Override
        public void revoked(Tenure tenure, String reason) {
            told.append("r").append(tenure.fencingToken()).append(' ');
        }

        @Override
        public void changed(LeaderChange change) {
            throw new AssertionError("nobody said so");
        }
    }
}
