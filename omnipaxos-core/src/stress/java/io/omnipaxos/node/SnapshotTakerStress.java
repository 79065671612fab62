package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.cluster.ClusterConfiguration;
import io.omnipaxos.log.SnapshotInfo;
import io.omnipaxos.storage.SnapshotWriter;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Whoever wants a snapshot gets an answer, whatever happens meanwhile. */
public final class SnapshotTakerStress {

    private SnapshotTakerStress() {}

    /** A taker whose snapshots are written when the test says so. */
    public abstract static class Taking {

        private final Queue<Runnable> writing = new ConcurrentLinkedQueue<>();
        final SnapshotTaker taker = new SnapshotTaker(
                StressNodes.SETTINGS, new Writable(), writing::add, Runnable::run, index -> {}, failure -> {});
        CompletableFuture<Long> wanted;

        /** As the applying thread does it. */
        void wantAndOffer(long index) {
            wanted = taker.wanted();
            taker.offer(index, StressNodes.ONE, () -> target -> target.write(1));
        }

        void write() {
            for (Runnable next = writing.poll(); next != null; next = writing.poll()) {
                next.run();
            }
        }

        void answered(Z_Result result) {
            write();
            result.r1 = wanted.isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "answered")
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class WantOrClose extends Taking {

        @Actor
        public void want() {
            wantAndOffer(1);
        }

        @Actor
        public void close() {
            taker.close("this node was stopped");
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
    public static class WantWhileOneIsWritten extends Taking {

        public WantWhileOneIsWritten() {
            wantAndOffer(1);
        }

        @Actor
        public void writeTheFirst() {
            write();
        }

        @Actor
        public void want() {
            wantAndOffer(2);
        }

        @Arbiter
        public void look(Z_Result result) {
            answered(result);
        }
    }

    /** A storage that takes snapshots, and keeps none. */
    private static final class Writable extends EmptyStorage {

        @Override
        public SnapshotWriter beginSnapshot(long index, ClusterConfiguration configuration) {
            return new SnapshotWriter() {
                @Override
                public void write(int value) {}

                @Override
                public SnapshotInfo commit() {
                    return new SnapshotInfo(index, configuration, 1, 0);
                }

                @Override
                public void close() {}
            };
        }
    }
}
