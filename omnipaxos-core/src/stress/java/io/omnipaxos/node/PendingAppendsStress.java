package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.log.ProposalId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** An append has exactly one outcome, whoever knows it first. */
public final class PendingAppendsStress {

    private static final long TIMEOUT = 100;
    private static final byte[] PAYLOAD = {1};

    private PendingAppendsStress() {}

    /** A node with appends that may be answered. */
    public abstract static class Waiting {

        final AtomicInteger answers = new AtomicInteger();

        final PendingAppends appends = new PendingAppends(1, 1, 1, 1000, TIMEOUT, 10, 0, answer -> {
            answers.incrementAndGet();
            answer.run();
        });
    }

    /** A node with an append that was proposed. */
    public abstract static class OneProposed extends Waiting {

        final PendingAppends.Registered proposed = appends.register(PAYLOAD, 0, 0);
        final ProposalId id = proposed.command().id();

        OneProposed() {
            appends.proposed(proposed.command(), null, 0);
        }

        void commit() {
            appends.committed(id, new Committed(5, new byte[0]));
        }

        void outcomes(IZ_Result result) {
            result.r1 = answers.get();
            result.r2 = proposed.future().isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "registered, and ended with the node")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    @State
    public static class RegisterOrClose extends Waiting {

        private CompletableFuture<Committed> future;

        @Actor
        public void register() {
            try {
                future = appends.register(PAYLOAD, 0, 0).future();
            } catch (AppendException refused) {
                future = null;
            }
        }

        @Actor
        public void close() {
            appends.close("this node was stopped");
        }

        @Arbiter
        public void look(ZZ_Result result) {
            result.r1 = future != null;
            result.r2 = future != null && future.isDone();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "there is room for one")
    @Outcome(expect = FORBIDDEN, desc = "more than there is room for, or none")
    @State
    public static class RegisterTwoWhereThereIsRoomForOne extends Waiting {

        @Actor
        public void register(ZZ_Result result) {
            result.r1 = isRegistered();
        }

        @Actor
        public void registerAnother(ZZ_Result result) {
            result.r2 = isRegistered();
        }

        private boolean isRegistered() {
            try {
                appends.register(PAYLOAD, 0, 0);
                return true;
            } catch (AppendException refused) {
                return false;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "one outcome")
    @Outcome(expect = FORBIDDEN, desc = "none or several")
    @State
    public static class CommitOrExpire extends OneProposed {

        @Actor
        public void apply() {
            commit();
        }

        @Actor
        public void tick() {
            appends.expire(TIMEOUT);
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
    public static class CommitOrClose extends OneProposed {

        @Actor
        public void apply() {
            commit();
        }

        @Actor
        public void close() {
            appends.close("this node was stopped");
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
    public static class RefusedOrRestored extends OneProposed {

        @Actor
        public void refuse() {
            appends.refused(id, true, false, 0);
        }

        @Actor
        public void restore() {
            appends.restored(id::equals);
        }

        @Arbiter
        public void look(IZ_Result result) {
            outcomes(result);
        }
    }
}
