package io.omnipaxos.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.omnipaxos.effect.LogWrite;
import io.omnipaxos.effect.WriteBatch;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import io.omnipaxos.storage.Storage;
import io.omnipaxos.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A subscriber that requests and cancels while the log grows and the node stops. */
public final class CommitStreamStress {

    private static final int ENTRIES = 3;

    /** Only read, so one for all. */
    private static final Storage LOG = log();

    private CommitStreamStress() {}

    private static Storage log() {
        List<LogEntry> entries = new ArrayList<>();
        for (long sequence = 1; sequence <= ENTRIES; sequence++) {
            entries.add(new Command(new ProposalId(1, 1, sequence), 1, 0, new byte[1]));
        }
        MemoryStorage storage = new MemoryStorage();
        storage.write(WriteBatch.entries(new LogWrite(1, entries)).then(WriteBatch.decided(ENTRIES)));
        return storage;
    }

    /** A subscriber that counts, and watches over what it is told. */
    public abstract static class Subscribed implements Flow.Subscriber<CommittedCommand> {

        final CommitStream stream = new CommitStream(LOG, new CallersThread(), Runnable::run);
        private final AtomicBoolean inside = new AtomicBoolean();
        Flow.Subscription subscription;
        volatile int commands;
        volatile int errors;
        volatile boolean inOrder = true;

        @Override
        public void onSubscribe(Flow.Subscription mine) {
            subscription = mine;
        }

        @Override
        public void onNext(CommittedCommand command) {
            enter();
            inOrder &= command.index() == commands + 1 && errors == 0;
            commands++;
            inside.set(false);
        }

        @Override
        public void onError(Throwable failure) {
            enter();
            errors++;
            inside.set(false);
        }

        @Override
        public void onComplete() {
            inOrder = false;
        }

        private void enter() {
            inOrder &= subscription != null && inside.compareAndSet(false, true);
        }
    }

    @JCStressTest
    @Outcome(id = "2, true", expect = ACCEPTABLE, desc = "as many as were requested, one after the other")
    @Outcome(expect = FORBIDDEN, desc = "a signal was lost, or the demand exceeded, or two came at once")
    @State
    public static class RequestOrGrow extends Subscribed {

        public RequestOrGrow() {
            stream.subscribe(1, this);
        }

        @Actor
        public void request() {
            subscription.request(1);
            subscription.request(1);
        }

        @Actor
        public void grow() {
            stream.moreIsReadable(1);
            stream.moreIsReadable(ENTRIES);
        }

        @Arbiter
        public void look(IZ_Result result) {
            result.r1 = commands;
            result.r2 = inOrder;
        }
    }

    @JCStressTest
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "it arrived")
    @Outcome(expect = FORBIDDEN, desc = "it waits for the next one")
    @State
    public static class ReachTheEndOrGrow extends Subscribed {

        public ReachTheEndOrGrow() {
            stream.subscribe(1, this);
        }

        @Actor
        public void request() {
            subscription.request(1);
        }

        @Actor
        public void grow() {
            stream.moreIsReadable(1);
        }

        @Arbiter
        public void look(IZ_Result result) {
            result.r1 = commands;
            result.r2 = inOrder;
        }
    }

    @JCStressTest
    @Outcome(id = "2, true", expect = ACCEPTABLE, desc = "as many as were requested, one after the other")
    @Outcome(expect = FORBIDDEN, desc = "a request was lost, or two came at once")
    @State
    public static class TwoRequests extends Subscribed {

        public TwoRequests() {
            stream.subscribe(1, this);
            stream.moreIsReadable(ENTRIES);
        }

        @Actor
        public void request() {
            subscription.request(1);
        }

        @Actor
        public void requestAnother() {
            subscription.request(1);
        }

        @Arbiter
        public void look(IZ_Result result) {
            result.r1 = commands;
            result.r2 = inOrder;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, true", "1, true"},
            expect = ACCEPTABLE,
            desc = "nothing more once it is cancelled")
    @Outcome(expect = FORBIDDEN, desc = "it goes on")
    @State
    public static class CancelOrGrow extends Subscribed {

        public CancelOrGrow() {
            stream.subscribe(1, this);
            subscription.request(ENTRIES);
        }

        @Actor
        public void cancel() {
            subscription.cancel();
        }

        @Actor
        public void grow() {
            stream.moreIsReadable(1);
        }

        @Arbiter
        public void look(IZ_Result result) {
            stream.moreIsReadable(ENTRIES);
            result.r1 = commands;
            result.r2 = inOrder;
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "told once that it is over")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or never, or before it began")
    @State
    public static class SubscribeOrClose extends Subscribed {

        @Actor
        public void subscribe() {
            stream.subscribe(1, this);
        }

        @Actor
        public void close() {
            stream.close("this node was stopped");
        }

        @Arbiter
        public void look(ZI_Result result) {
            result.r1 = inOrder;
            result.r2 = errors;
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "told once that it is over, and nothing after that")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or never, or something after that")
    @State
    public static class MisuseOrClose extends Subscribed {

        public MisuseOrClose() {
            stream.subscribe(1, this);
        }

        @Actor
        public void misuse() {
            subscription.request(0);
        }

        @Actor
        public void close() {
            stream.close("this node was stopped");
        }

        @Arbiter
        public void look(ZI_Result result) {
            stream.moreIsReadable(ENTRIES);
            subscription.request(1);
            result.r1 = inOrder;
            result.r2 = errors;
        }
    }
}
