package io.omnipaxos.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients asked and were answered, and when. */
final class History {

    private static final long NEVER = Long.MAX_VALUE;

    /** One operation of one client. */
    static final class Call {
        private final Operation operation;
        private final long invoked;
        private long returned = NEVER;
        /** What was read, or for a compare-and-set 1 if it was done; nothing is known while it has not returned. */
        private long result;

        private boolean answered;

        Call(Operation operation, long invoked) {
            this.operation = operation;
            this.invoked = invoked;
        }

        Operation operation() {
            return operation;
        }

        long invoked() {
            return invoked;
        }

        long returned() {
            return returned;
        }

        long result() {
            return result;
        }

        /** Whether the result is known. */
        boolean isAnswered() {
            return answered;
        }

        /** This call as one that had taken effect by then, with what result ever. */
        Call doneBy(long time) {
            Call done = new Call(operation, invoked);
            done.returned = time;
            return done;
        }

        boolean hasReturned() {
            return returned != NEVER;
        }

        @Override
        public String toString() {
            String answer = hasReturned() ? " -> " + result + " at " + returned : " -> ?";
            return operation.kind() + "(" + operation.expected() + ", " + operation.value() + ") at " + invoked
                    + answer;
        }
    }

    private final Map<Integer, List<Call>> calls = new TreeMap<>();

    Call invoked(Operation operation, long now) {
        Call call = new Call(operation, now);
        calls.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(call);
        return call;
    }

    static void returned(Call call, long now, long result) {
        call.returned = now;
        call.result = result;
        call.answered = true;
    }

    /** The operation surely did not take place. */
    void withdrawn(Call call) {
        List<Call> ofKey = calls.get(call.operation().key());
        if (ofKey != null) {
            ofKey.remove(call);
        }
    }

    int callsOf(int key) {
        return calls.getOrDefault(key, List.of()).size();
    }

    /** All calls by register, in the order of their beginnings. */
    Map<Integer, List<Call>> byKey() {
        return calls;
    }
}
