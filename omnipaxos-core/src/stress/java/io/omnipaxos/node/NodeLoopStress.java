package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.effect.Notice;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.replica.Input;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What reaches the loop is stepped without waiting for the next tick; at its end each task is run or told. */
public final class NodeLoopStress {

    private NodeLoopStress() {}

    /** A loop that runs, without ticks. */
    public abstract static class Running {

        final Host host = new StressHost();
        final ScheduledExecutorService thread;
        final NodeLoop loop;
        final AtomicInteger proposals = new AtomicInteger();
        final AtomicInteger answers = new AtomicInteger();

        Running(ScheduledExecutorService thread) {
            this.thread = thread;
            Storage storage = new MemoryStorage();
            NodeView view = new NodeView(host);
            loop = new NodeLoop(StressNodes.SETTINGS, host, storage, Elections.BALLOT, thread, view, failure -> {});
            EffectRunner runner = new EffectRunner(
                    lease -> {}, new StressNodes.NoTransport(), storage, index -> {}, noticing(), () -> 0, nanos -> {});
            loop.start(runner, () -> {}, command -> {
                proposals.incrementAndGet();
                return false;
            });
        }

        /** Counts answers to reads, and takes no notice of the rest. */
        private Notice.Visitor noticing() {
            return (Notice.Visitor) Proxy.newProxyInstance(
                    Notice.Visitor.class.getClassLoader(), new Class<?>[] {Notice.Visitor.class}, (proxy, told, of) -> {
                        if (told.getName().equals("readIndex")) {
                            answers.incrementAndGet();
                        }
                        return null;
                    });
        }

        void propose(long sequence) {
            loop.propose(new Command(new ProposalId(1, 1, sequence), 1, 0, new byte[1]));
        }

        void read(long number) {
            loop.own(at -> new Input.ReadIndexWanted(number, at));
        }
    }

    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are stepped")
    @Outcome(expect = FORBIDDEN, desc = "one waits for a tick")
    @State
    public static class TwoPropose extends Running {

        public TwoPropose() {
            super(new CallersThread());
        }

        @Actor
        public void propose() {
            propose(1);
        }

        @Actor
        public void proposeAnother() {
            propose(2);
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = proposals.get();
        }
    }

    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are stepped")
    @Outcome(expect = FORBIDDEN, desc = "one waits for a tick")
    @State
    public static class TwoInputsOfItsOwn extends Running {

        public TwoInputsOfItsOwn() {
            super(new CallersThread());
        }

        @Actor
        public void read() {
            read(1);
        }

        @Actor
        public void readAgain() {
            read(2);
        }

        @Arbiter
        public void look(I_Result result) {
            result.r1 = answers.get();
        }
    }

    /** With a real thread, whose end is part of the race. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "the task or the other")
    @Outcome(expect = FORBIDDEN, desc = "none or both")
    @State
    public static class ExecuteOrEnd extends Running {

        private final AtomicInteger run = new AtomicInteger();
        private final AtomicInteger otherwise = new AtomicInteger();

        public ExecuteOrEnd() {
            super(Host.machine().thread("stress"));
        }

        @Actor
        public void execute() {
            loop.execute(run::incrementAndGet, otherwise::incrementAndGet);
        }

        @Actor
        public void end() {
            loop.stop();
            thread.shutdown();
        }

        @Arbiter
        public void look(II_Result result) {
            awaitEnd();
            result.r1 = run.get();
            result.r2 = otherwise.get();
        }

        private void awaitEnd() {
            try {
                boolean unused = thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }
}
