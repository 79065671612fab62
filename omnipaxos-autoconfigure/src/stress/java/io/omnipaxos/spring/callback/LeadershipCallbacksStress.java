package io.omnipaxos.spring.callback;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.leadership.Tenure;
import io.omnipaxos.spring.node.NeverLeader;
import io.omnipaxos.spring.observation.Activities;
import io.omnipaxos.spring.scope.TenureScope;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The callback of a bean that is made just as the node is elected. */
public final class LeadershipCallbacksStress {

    private static final Tenure TENURE = new Tenure(new Ballot(1, 1, 0, 1), 7);
    private static final Method ELECTED = method();

    private LeadershipCallbacksStress() {}

    private static Method method() {
        try {
            return RegisterOrBeElected.class.getMethod("elected");
        } catch (NoSuchMethodException renamed) {
            throw new IllegalStateException(renamed);
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "told once")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or never")
    @State
    public static class RegisterOrBeElected {

        private final AtomicInteger told = new AtomicInteger();
        private final LeadershipCallbacks callbacks = new LeadershipCallbacks(
                () -> new NeverLeader("stress"),
                event -> {},
                Runnable::run,
                () -> Activities.UNOBSERVED,
                new TenureScope(() -> new NeverLeader("stress")));

        public void elected() {
            told.incrementAndGet();
        }

        @Actor
        public void register() {
            callbacks.register(List.of(new Callback(CallbackKind.ELECTED, this, ELECTED, 0)));
        }

        @Actor
        public void elect() {
            callbacks.elected(TENURE);
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = told.get();
        }
    }
}
