package io.omnipaxos.simulation;

import io.omnipaxos.simulation.History.Call;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for an order of all operations on one register that explains every answer: each operation takes effect at one
 * instant between its call and its return, one without a known return at any instant after its call or never. The search
 * of Wing and Gong («Testing and Verifying Concurrent Objects», 1993), which remembers where it was before as Lowe
 * proposed («Testing for Linearizability», 2017).
 */
final class Linearizability {

    /** What fits into the set of operations that have taken effect. */
    static final int MOST_CALLS = 63;

    private record Position(long done, long value) {}

    private final List<Call> calls;
    private final Set<Position> seen = new HashSet<>();

    private Linearizability(List<Call> calls) {
        this.calls = calls;
    }

    /**
     * Whether there is such an order.
     *
     * @param calls on one register, which was never written before; at most {@link #MOST_CALLS}. The search is short if
     *     those that write stand in an order that explains the answers
     */
    static boolean explains(List<Call> calls) {
        if (calls.size() > MOST_CALLS) {
            throw new IllegalArgumentException(calls.size() + " calls on one register are too many to check");
        }
        return new Linearizability(calls).search(0, 0);
    }

    private boolean search(long done, long value) {
        if (!seen.add(new Position(done, value))) {
            return false;
        }
        long firstReturn = firstReturnOfWhatIsLeft(done);
        if (firstReturn == Long.MAX_VALUE) {
            return true;
        }
        for (int i = 0; i < calls.size(); i++) {
            // What changes nothing and is answered rightly can come now as well as later.
            if (mayBeNext(i, done, firstReturn) && changesNothing(calls.get(i), value)) {
                return search(done | 1L << i, value);
            }
        }
        for (int i = 0; i < calls.size(); i++) {
            if (mayBeNext(i, done, firstReturn) && takesEffect(calls.get(i), done | 1L << i, value)) {
                return true;
            }
        }
        return false;
    }

    private long firstReturnOfWhatIsLeft(long done) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < calls.size(); i++) {
            if ((done & 1L << i) == 0) {
                first = Math.min(first, calls.get(i).returned());
            }
        }
        return first;
    }

    /** What began after another had returned cannot have come before it. */
    private boolean mayBeNext(int place, long done, long firstReturn) {
        return (done & 1L << place) == 0 && calls.get(place).invoked() <= firstReturn;
    }

    private static boolean changesNothing(Call call, long value) {
        Operation operation = call.operation();
        return call.isAnswered()
                && switch (operation.kind()) {
                    case PUT -> false;
                    case READ -> call.result() == value;
                    case COMPARE_AND_SET -> call.result() == 0 && operation.expected() != value;
                };
    }

    private boolean takesEffect(Call call, long done, long value) {
        Operation operation = call.operation();
        return switch (operation.kind()) {
            case PUT -> search(done, operation.value());
            case READ -> false;
            case COMPARE_AND_SET -> {
                boolean matches = operation.expected() == value;
                boolean answered = !call.isAnswered() || (call.result() == 1) == matches;
                yield answered && search(done, matches ? operation.value() : value);
            }
        };
    }
}
