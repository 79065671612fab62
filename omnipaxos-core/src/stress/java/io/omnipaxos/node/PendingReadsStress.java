package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A read has exactly one outcome, whoever knows it first. */
public final class PendingReadsStress {

    private static final long TIMEOUT = 100;
    private static final long INDEX = 5;

    private PendingReadsStress() {}

    /** A node with reads that may be answered. */
    public abstract static class Waiting {

        final AtomicInteger answers = new AtomicInteger();

        final PendingReads reads = new PendingReads(10, TIMEOUT, 10, 0, answer -> {
            answers.incrementAndGet();
            answer.run();
        });
    }

    /** A node with a read that the leader was asked for. */
    public abstract static class OneAsked extends Waiting {

        final PendingReads.Registered asked = reads.register(0);

        void outcomes(IZ_Result result) {
            result.r1 = answers.get();
            result.r2 = asked.future().isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "registered, and ended with the node")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    @State
    public static class RegisterOrClose extends Waiting {

        private CompletableFuture<Long> future;

        @Actor
        public void register() {
            try {
                future = reads.register(0).future();
            } catch (AppendException refused) {
                future = null;
            }
        }

        @Actor
        public void close() {
            reads.close("this node was stopped");
        }

        @Arbiter
        public void look(ZZ_Result result) {
            result.r1 = future != null;
            result.r2 = future != null && future.isDone();
        }
    }

    /** The leader's answer comes on the loop's thread, while the index that it names is applied on another. */
    @JCStressTest
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "one outcome")
    @Outcome(expect = FORBIDDEN, desc = "none or several")
    @State
    public static class AnsweredOrApplied extends OneAsked {

        private final AtomicLong applied = new AtomicLong();

        @Actor
        public void answer() {
            reads.answered(asked.number(), INDEX, 0);
            reads.appliedThrough(applied.get());
        }

        @Actor
        public void apply() {
            applied.set(INDEX);
            reads.appliedThrough(INDEX);
        }

        @Arbiter
        public void look(IZ_Result result) {
            outcomes(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "one outcome")
    @Outcome(expect = FORBIDDEN, desc = "none or several")
    @State
    public static class AppliedOrExpired extends OneAsked {

        public AppliedOrExpired() {
            reads.answered(asked.number(), INDEX, 0);
        }

        @Actor
        public void apply() {
            reads.appliedThrough(INDEX);
        }

        @Actor
        public void tick() {
            reads.expire(TIMEOUT);
        }

        @Arbiter
        public void look(IZ_Result result) {
            outcomes(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "one outcome")
    @Outcome(expect = FORBIDDEN, desc = "none or several")
    @State
    public static class UnanswerableOrClosed extends OneAsked {

        @Actor
        public void answer() {
            reads.answered(asked.number(), -1, 0);
        }

        @Actor
        public void close() {
            reads.close("this node was stopped");
        }

        @Arbiter
        public void look(IZ_Result result) {
            outcomes(result);
        }
    }
}
