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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** No message comes twice, and each that does not come is counted. */
public final class OutboundQueueStress {

    private static final int MAX_BYTES = 10_000;

    private OutboundQueueStress() {}

    private static Envelope message(long number) {
        return new Envelope("stress", 1, 1, 2, new Ahead(number));
    }

    /** A queue with room for everything. */
    public abstract static class Roomy {

        final Counters counters = new Counters();
        final OutboundQueue queue = new OutboundQueue(Lane.LOG, MAX_BYTES, () -> 0, counters);
    }

    @JCStressTest
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "all in order")
    @State
    public static class OfferOrTake extends Roomy {

        private List<Envelope> taken;

        @Actor
        public void offer() {
            queue.offer(message(1));
            queue.offer(message(2));
        }

        @Actor
        public void take() {
            taken = queue.take(MAX_BYTES);
        }

        @Arbiter
        public void look(ZZ_Result result) {
            taken.addAll(queue.take(MAX_BYTES));
            result.r1 = taken.equals(List.of(message(1), message(2)));
            result.r2 = queue.offers() == 2;
        }
    }

    @JCStressTest
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "each taken or counted")
    @Outcome(expect = FORBIDDEN, desc = "something was lost without being counted")
    @State
    public static class OfferOrClear extends Roomy {

        private int cleared;

        @Actor
        public void offer() {
            queue.offer(message(1));
            queue.offer(message(2));
        }

        @Actor
        public void clear() {
            cleared = queue.clear();
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = cleared + queue.take(MAX_BYTES).size();
            result.r2 = (int) counters.dropped();
        }
    }

    /** Each message finds the queue full of the other one. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one waits, the other is counted")
    @Outcome(expect = FORBIDDEN, desc = "more than there is room for, or none")
    @State
    public static class TwoOffersWhereThereIsRoomForOne {

        private final Counters counters = new Counters();
        private final OutboundQueue queue = new OutboundQueue(Lane.HEARTBEAT, 1, () -> 0, counters);

        @Actor
        public void offer() {
            queue.offer(message(1));
        }

        @Actor
        public void offerAnother() {
            queue.offer(message(2));
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = queue.take(MAX_BYTES).size();
            result.r2 = (int) counters.dropped();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "woken, or it need not wait")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps on")
    @State
    public static class OfferOrAwait extends Roomy {

        @Actor
        public void offer() {
            queue.offer(message(1));
        }

        @Actor
        public void await(Z_Result result) {
            result.r1 = StressSettings.isWoken(queue, () -> false);
        }
    }
}
