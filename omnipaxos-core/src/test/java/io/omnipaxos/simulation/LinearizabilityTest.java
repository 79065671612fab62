package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.omnipaxos.simulation.History.Call;
import io.omnipaxos.simulation.Operation.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {

    private final List<Call> calls = new ArrayList<>();

    private void returned(Kind kind, long value, long expected, long from, long to, long result) {
        History.returned(open(kind, value, expected, from), to, result);
    }

    private Call open(Kind kind, long value, long expected, long from) {
        Call call = new Call(new Operation(calls.size() + 1, kind, 1, value, expected), from);
        calls.add(call);
        return call;
    }

    private void put(long value, long from, long to) {
        returned(Kind.PUT, value, 0, from, to, 1);
    }

    private void read(long value, long from, long to) {
        returned(Kind.READ, 0, 0, from, to, value);
    }

    @Test
    void oneAfterTheOther() {
        put(1, 0, 1);
        read(1, 2, 3);
        put(2, 4, 5);
        read(2, 6, 7);
        assertThat(Linearizability.explains(calls)).isTrue();
    }

    @Test
    void aReadOfWhatWasOverwrittenBefore() {
        put(1, 0, 1);
        put(2, 2, 3);
        read(1, 4, 5);
        assertThat(Linearizability.explains(calls)).isFalse();
    }

    @Test
    void aReadOfWhatWasNeverWritten() {
        put(1, 0, 1);
        read(7, 2, 3);
        assertThat(Linearizability.explains(calls)).isFalse();
    }

    @Test
    void atTheSameTimeInAnyOrder() {
        put(1, 0, 10);
        put(2, 0, 10);
        read(1, 11, 12);
        read(1, 13, 14);
        assertThat(Linearizability.explains(calls)).isTrue();
    }

    @Test
    void butNotInBothOrders() {
        put(1, 0, 10);
        put(2, 0, 10);
        read(1, 11, 12);
        read(2, 13, 14);
        assertThat(Linearizability.explains(calls)).isFalse();
    }

    @Test
    void twoReadsThatGoBackWhileAWriteGoesOn() {
        put(1, 0, 1);
        put(2, 2, 20);
        read(2, 3, 4);
        read(1, 5, 6);
        assertThat(Linearizability.explains(calls)).isFalse();
    }

    @Test
    void whatHasNoAnswerMayHaveHappenedLateOrNever() {
        put(1, 0, 1);
        Call unused = open(Kind.PUT, 2, 0, 2);
        read(1, 3, 4);
        read(2, 5, 6);
        assertThat(Linearizability.explains(calls)).isTrue();
        calls.remove(calls.size() - 1);
        assertThat(Linearizability.explains(calls)).isTrue();
    }

    @Test
    void compareAndSetIsAnsweredByWhatWasThere() {
        put(1, 0, 1);
        returned(Kind.COMPARE_AND_SET, 2, 1, 2, 3, 1);
        returned(Kind.COMPARE_AND_SET, 3, 1, 4, 5, 0);
        read(2, 6, 7);
        assertThat(Linearizability.explains(calls)).isTrue();
        returned(Kind.COMPARE_AND_SET, 4, 1, 8, 9, 1);
        assertThat(Linearizability.explains(calls)).isFalse();
    }

    @Test
    void tooManyToCheckAreRefused() {
        put(1, 0, 1);
        List<Call> many = Collections.nCopies(Linearizability.MOST_CALLS + 1, calls.get(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Linearizability.explains(many))
                .withMessageContaining("too many");
    }
}
