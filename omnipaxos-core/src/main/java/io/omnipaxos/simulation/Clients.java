package io.omnipaxos.simulation;

import io.omnipaxos.leadership.Admission;
import io.omnipaxos.leadership.NotLeaderException;
import io.omnipaxos.node.AppendException;
import io.omnipaxos.node.AppendException.Outcome;
import io.omnipaxos.node.Committed;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who asks the nodes for something, and holds them to their answers. */
final class Clients {

    private static final int REGISTERS = 3;
    /** So few that an order can be found even if nothing is answered. */
    private static final int MOST_CALLS_OF_A_REGISTER = 30;

    private final Timeline timeline;
    private final SplittableRandom random;
    private final Invariants invariants;
    private final Transcript transcript;
    private final History history = new History();
    private final long drainNanos;
    private long lastNumber;
    private int generation;

    /** @param drainNanos how long a node that gives leadership up waits for work */
    Clients(Timeline timeline, SplittableRandom random, Invariants invariants, Transcript transcript, long drainNanos) {
        this.timeline = timeline;
        this.random = random;
        this.invariants = invariants;
        this.transcript = transcript;
        this.drainNanos = drainNanos;
    }

    History history() {
        return history;
    }

    long operations() {
        return lastNumber;
    }

    /** Writes to some register. */
    void put(SimulatedNode node) {
        int key = someKey();
        append(node, operation(Operation.Kind.PUT, key, ++lastNumber, 0));
    }

    /** Sets a register if it still has the value that this node knows. */
    void compareAndSet(SimulatedNode node) {
        int key = someKey();
        long known = node.registers().value(key);
        append(node, operation(Operation.Kind.COMPARE_AND_SET, key, ++lastNumber, known));
    }

    void read(SimulatedNode node) {
        int key = someKey();
        Operation read = new Operation(++lastNumber, Operation.Kind.READ, key, 0, 0);
        History.Call call = asked(node, read);
        SimulatedHost host = node.host();
        CompletableFuture<Long> unused = node.node().readBarrier().whenComplete((index, failure) -> {
            if (failure == null) {
                long value = node.registers().value(key);
                History.returned(call, timeline.now(), value);
                transcript.told(node.pid(), host, () -> "answers " + read + ", it is " + value + " at " + index);
            } else {
                history.withdrawn(call);
                transcript.told(node.pid(), host, () -> "answers " + read + ": " + failure.getMessage());
            }
        });
    }

    /** Lets leader-only work run on a node for some time, at whose end it writes. Nothing if the node does not lead. */
    @SuppressWarnings("try")
    void work(SimulatedNode node, long nanos) {
        Admission admission;
        try {
            admission = node.node().leadership().admit();
        } catch (NotLeaderException refused) {
            return;
        }
        if (!node.isLeader()) {
            invariants.broken("node " + node.pid() + " lets leader-only work in though it has no lease");
        }
        int key = someKey();
        Invariants.Work work = new Invariants.Work(node.pid(), admission.fencingToken());
        boolean drained = nanos < drainNanos;
        if (drained) {
            invariants.workBegan(work);
        }
        node.host().after(nanos, () -> {
            invariants.workEnded(work);
            try (admission;
                    Admission.Scope scope = admission.bind()) {
                append(node, operation(Operation.Kind.PUT, key, ++lastNumber, 0));
            }
        });
    }

    private static Operation operation(Operation.Kind kind, int key, long number, long expected) {
        // The number serves as the value: no two writes write the same.
        return new Operation(number, kind, key, number, expected);
    }

    private int someKey() {
        int key = generation * REGISTERS + random.nextInt(REGISTERS);
        if (history.callsOf(key) >= MOST_CALLS_OF_A_REGISTER) {
            generation++;
            key = generation * REGISTERS;
        }
        return key;
    }

    private void append(SimulatedNode node, Operation operation) {
        History.Call call = asked(node, operation);
        invariants.proposed(operation);
        SimulatedHost host = node.host();
        CompletableFuture<Committed> unused = node.node()
                .append(operation.toBytes())
                .whenComplete((committed, failure) -> {
                    transcript.told(node.pid(), host, () -> "answers " + operation + outcome(committed, failure));
                    if (failure == null) {
                        invariants.acknowledged(operation, committed.index());
                        History.returned(call, timeline.now(), Registers.isDone(committed.result()) ? 1 : 0);
                    } else if (surelyNotDone(failure)) {
                        invariants.refused(operation);
                        history.withdrawn(call);
                    }
                });
    }

    private History.Call asked(SimulatedNode node, Operation operation) {
        transcript.told(node.pid(), "asked for " + operation);
        return history.invoked(operation, timeline.now());
    }

    private static String outcome(Committed committed, @Nullable Throwable failure) {
        return failure == null
                ? ", it is committed at " + committed.index()
                        + (Registers.isDone(committed.result()) ? "" : ", and changes nothing")
                : ": " + failure.getMessage();
    }

    private static boolean surelyNotDone(@Nullable Throwable failure) {
        return failure instanceof AppendException refused && refused.outcome() != Outcome.UNKNOWN;
    }
}
