package io.omnipaxos.simulation;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.omnipaxos.effect.DurableState;
import io.omnipaxos.effect.WriteBatch;
import org.junit.jupiter.api.Test;

class AcknowledgedTest {

    private static final WriteBatch FIRST = WriteBatch.bootCounter(1);
    private static final WriteBatch SECOND = WriteBatch.bootCounter(2);
    private static final WriteBatch THIRD = WriteBatch.bootCounter(3);
    private static final DurableState AFTER_FIRST = DurableState.EMPTY.after(FIRST);
    private static final DurableState AFTER_SECOND = DurableState.EMPTY.after(SECOND);
    private static final DurableState AFTER_THIRD = DurableState.EMPTY.after(THIRD);

    private final Acknowledged acknowledged = new Acknowledged();

    @Test
    void aStorageMayHaveWhatWasUnderWayButNoLessThanWasDone() {
        acknowledged.begin(FIRST);
        acknowledged.begin(SECOND);
        acknowledged.done();

        assertRefused(DurableState.EMPTY);
        assertRefused(AFTER_THIRD);
        acknowledged.found(1, AFTER_FIRST);
        assertRefused(AFTER_SECOND);
    }

    @Test
    void whatWasFoundIsNotForgottenLater() {
        acknowledged.begin(FIRST);
        acknowledged.found(1, AFTER_FIRST);

        assertRefused(DurableState.EMPTY);
    }

    @Test
    void anotherDiskHasNothing() {
        acknowledged.begin(FIRST);
        acknowledged.done();
        acknowledged.forget();

        acknowledged.found(1, DurableState.EMPTY);
    }

    private void assertRefused(DurableState found) {
        assertThatExceptionOfType(Violation.class)
                .isThrownBy(() -> acknowledged.found(1, found))
                .withMessageContaining("node 1 was told that");
    }
}
