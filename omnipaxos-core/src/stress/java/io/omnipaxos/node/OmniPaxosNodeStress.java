package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.leadership.LeadershipListener;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Whatever is asked of a node that is being stopped gets an answer. */
public final class OmniPaxosNodeStress {

    private OmniPaxosNodeStress() {}

    /** A node that has not been elected, as time stands still for it. */
    public abstract static class Started {

        final OmniPaxosNode node = new OmniPaxosNode(
                StressNodes.SETTINGS,
                MemoryStorage::new,
                new StressNodes.NoTransport(),
                (ApplyOnly) (index, command) -> new byte[0],
                LeadershipListener.NONE,
                List.of(),
                new StressHost(),
                Elections.BALLOT);
        Future<?> asked;

        Started() {
            node.start();
        }

        void answered(Z_Result result) {
            result.r1 = asked.isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class AppendOrClose extends Started {

        @Actor
        public void ask() {
            asked = node.append(new byte[1]);
        }

        @Actor
        public void close() {
            node.close();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class ReadOrClose extends Started {

        @Actor
        public void ask() {
            asked = node.readBarrier();
        }

        @Actor
        public void close() {
            node.close();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class TakeASnapshotOrClose extends Started {

        @Actor
        public void ask() {
            asked = node.snapshot();
        }

        @Actor
        public void close() {
            node.close();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class HandOverOrClose extends Started {

        @Actor
        public void ask() {
            asked = node.handOver();
        }

        @Actor
        public void close() {
            node.close();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class ReconfigureOrClose extends Started {

        @Actor
        public void ask() {
            asked = node.reconfigure(new ReconfigurationRequest(new TreeSet<>(List.of(1L)), null, new TreeMap<>(), 0));
        }

        @Actor
        public void close() {
            node.close();
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }
}
