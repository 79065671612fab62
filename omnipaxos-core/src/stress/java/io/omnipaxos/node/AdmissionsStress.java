package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Leader-only work against the end of the leadership that it belongs to. */
public final class AdmissionsStress {

    private static final long TOKEN = 7;
    private static final long NEXT_TOKEN = 8;

    private AdmissionsStress() {}

    /** A node that leads. */
    public abstract static class Leading {

        final StressHost host = new StressHost();
        final Admissions admissions = new Admissions(host, () -> new NotLeaderException("it leads no more", null));

        Leading() {
            admissions.publish(StressNodes.lease(host, TOKEN));
        }

        CompletableFuture<Void> drain() {
            admissions.stopFor(StressNodes.BALLOT);
            return admissions.drained(StressNodes.BALLOT);
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the drain waits for the work")
    @Outcome(id = "false, .*", expect = ACCEPTABLE, desc = "refused, and perhaps counted for a moment")
    @Outcome(expect = FORBIDDEN, desc = "drained while the work runs")
    @State
    public static class AdmitOrDrain extends Leading {

        @Actor
        public void work(ZZ_Result result) {
            try {
                admissions.admit();
                result.r1 = true;
            } catch (NotLeaderException refused) {
                result.r1 = false;
            }
        }

        @Actor
        public void end(ZZ_Result result) {
            result.r2 = drain().isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the drain waits for what the work went on to")
    @Outcome(expect = FORBIDDEN, desc = "refused though the lease is held, or drained while a part runs")
    @State
    public static class PartOrDrain extends Leading {

        private final Admission whole = admissions.admit();

        @Actor
        @SuppressWarnings("try")
        public void work(ZZ_Result result) {
            try (whole;
                    Admission.Scope scope = whole.bind()) {
                admissions.admit();
                result.r1 = true;
            } catch (NotLeaderException refused) {
                result.r1 = false;
            }
        }

        @Actor
        public void end(ZZ_Result result) {
            result.r2 = drain().isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "drained")
    @Outcome(expect = FORBIDDEN, desc = "waits for nobody")
    @State
    public static class WorkEndsOrDrain extends Leading {

        private CompletableFuture<Void> drained;

        @Actor
        public void work() {
            try {
                admissions.admit().close();
            } catch (NotLeaderException refused) {
                // It was counted for a moment all the same.
            }
        }

        @Actor
        public void end() {
            drained = drain();
        }

        @Arbiter
        public void look(Z_Result result) {
            result.r1 = drained.isDone();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"7", "-1"},
            expect = ACCEPTABLE,
            desc = "admitted with the token of the lease, or refused")
    @Outcome(expect = FORBIDDEN, desc = "admitted without a lease")
    @State
    public static class AdmitOrLoseTheLease extends Leading {

        @Actor
        public void work(J_Result result) {
            try {
                result.r1 = admissions.admit().fencingToken();
            } catch (NotLeaderException refused) {
                result.r1 = -1;
            }
        }

        @Actor
        public void lose() {
            admissions.publish(null);
        }
    }

    @JCStressTest
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "what comes after the work is not interrupted")
    @Outcome(expect = FORBIDDEN, desc = "the next work of the thread is hit")
    @State
    public static class InterruptOrWorkEnds extends Leading {

        private final Admission admission = admissions.admit();

        @Actor
        public void work(Z_Result result) {
            admission.bind().close();
            result.r1 = Thread.interrupted();
        }

        @Actor
        public void interrupt() {
            admissions.interruptRunning(StressNodes.BALLOT);
        }
    }

    @JCStressTest
    @Outcome(id = "7, 8", expect = ACCEPTABLE, desc = "each its own")
    @Outcome(expect = FORBIDDEN, desc = "the token of another thread's work")
    @State
    public static class TwoThreadsAskForTheirTokens extends Leading {

        private final Admission first = admissions.admit();
        private final Admission second;

        public TwoThreadsAskForTheirTokens() {
            admissions.publish(StressNodes.lease(host, NEXT_TOKEN));
            second = admissions.admit();
        }

        @Actor
        public void workOfTheFirst(JJ_Result result) {
            Admission.Scope scope = first.bind();
            result.r1 = admissions.boundToken();
            scope.close();
        }

        @Actor
        public void workOfTheSecond(JJ_Result result) {
            Admission.Scope scope = second.bind();
            result.r2 = admissions.boundTokenOrNone();
            scope.close();
        }
    }
}
