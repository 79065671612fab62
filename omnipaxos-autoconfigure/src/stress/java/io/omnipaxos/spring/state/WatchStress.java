package io.omnipaxos.spring.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.log.Command;
import io.omnipaxos.log.ProposalId;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A listener of a map while the map changes: one at a time, in order, without a gap. */
public final class WatchStress {

    private static final MapLimits LIMITS = new MapLimits(100, 100, 1000, 1000);
    private static final Command FIRST = put(1);
    private static final Command SECOND = put(2);

    private WatchStress() {}

    private static Command put(long value) {
        byte[] bytes = Long.toString(value).getBytes(UTF_8);
        MapCommand write = MapCommand.write("map", MapOperation.PUT, "key", null, bytes, LIMITS);
        return new Command(new ProposalId(1, 1, value), 1, 0, MapCodec.encode(write));
    }

    /** A listener that writes down what it is told, by two threads that take turns. */
    public abstract static class Listening implements MapListener<String> {

        private final Queue<Runnable> telling = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean inside = new AtomicBoolean();
        final MapStateMachine machine = new MapStateMachine();
        final Watch<String> watch =
                new Watch<>("map", null, new MapValues<>("map", new TextCodec()), this, telling::add, machine::end);
        private volatile String told = "";

        void apply(long index, Command command) {
            byte[] unused = machine.apply(index, command);
        }

        void tell() {
            for (Runnable next = telling.poll(); next != null; next = telling.poll()) {
                next.run();
            }
        }

        void told(L_Result result) {
            tell();
            result.r1 = told.trim();
        }

        @Override
        public void present(MapEntries<String> entries) {
            write("present" + entries.values().values());
        }

        @Override
        public void changed(MapChange<String> change) {
            write(String.valueOf(change.newValue()));
        }

        private void write(String words) {
            boolean alone = inside.compareAndSet(false, true);
            told = told + " " + (alone ? words : "at once " + words);
            inside.set(false);
        }
    }

    @JCStressTest
    @Outcome(id = "present\\[] 1 2", expect = ACCEPTABLE, desc = "everything in order")
    @Outcome(expect = FORBIDDEN, desc = "a gap, a repetition, or two at once")
    @State
    public static class ChangeOrTell extends Listening {

        public ChangeOrTell() {
            machine.begin(watch);
        }

        @Actor
        public void change() {
            apply(1, FIRST);
            tell();
            apply(2, SECOND);
            tell();
        }

        @Actor
        public void tellAll() {
            tell();
        }

        @Arbiter
        public void look(L_Result result) {
            told(result);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"present\\[] 1 2", "present\\[1] 2", "present\\[2]"},
            expect = ACCEPTABLE,
            desc = "what follows begins right after what was there")
    @Outcome(expect = FORBIDDEN, desc = "a gap or a repetition")
    @State
    public static class ChangeOrBegin extends Listening {

        @Actor
        public void change() {
            apply(1, FIRST);
            apply(2, SECOND);
        }

        @Actor
        public void begin() {
            machine.begin(watch);
        }

        @Arbiter
        public void look(L_Result result) {
            told(result);
        }
    }

    @JCStressTest
    @Outcome(id = "present\\[]", expect = ACCEPTABLE, desc = "nothing more once it is closed")
    @Outcome(expect = FORBIDDEN, desc = "it goes on")
    @State
    public static class ChangeOrClose extends Listening {

        public ChangeOrClose() {
            machine.begin(watch);
            tell();
        }

        @Actor
        public void change() {
            apply(1, FIRST);
        }

        @Actor
        public void close() {
            watch.close();
        }

        @Arbiter
        public void look(L_Result result) {
            apply(2, SECOND);
            told(result);
        }
    }
}
