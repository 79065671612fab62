package io.omnipaxos.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.log.Command;
import io.omnipaxos.log.LogEntry;
import io.omnipaxos.log.ProposalId;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteBatchTest {

    private static final Ballot LOW = new Ballot(1, 1, 0, 1);
    private static final Ballot HIGH = new Ballot(1, 2, 0, 1);

    @Test
    void twoBatchesInOneHaveTheEffectOfOneAfterTheOther() {
        WriteBatch first = new WriteBatch(LOW, LOW, new LogWrite(1, List.of(entry(1), entry(2))), 1L, null, 5L);
        WriteBatch second = new WriteBatch(HIGH, HIGH, new LogWrite(2, List.of(entry(20), entry(30))), 3L, 8L, null);

        WriteBatch both = first.then(second);

        assertThat(DurableState.EMPTY.after(both))
                .isEqualTo(DurableState.EMPTY.after(first).after(second));
        assertThat(both.entries()).isEqualTo(new LogWrite(1, List.of(entry(1), entry(20), entry(30))));
    }

    @Test
    void whatABatchDoesNotNameStaysAsItWas() {
        DurableState before = new DurableState(HIGH, LOW, 4, 3, 2, 500);

        assertThat(before.after(WriteBatch.EMPTY)).isEqualTo(before);
        assertThat(before.after(WriteBatch.decided(4))).isEqualTo(new DurableState(HIGH, LOW, 4, 4, 2, 500));
        assertThat(before.after(WriteBatch.entries(new LogWrite(4, List.of()))))
                .isEqualTo(new DurableState(HIGH, LOW, 3, 3, 2, 500));
    }

    @Test
    void onlyTheEmptyBatchWritesNothing() {
        assertThat(WriteBatch.EMPTY.isEmpty()).isTrue();
        assertThat(WriteBatch.EMPTY.then(WriteBatch.EMPTY).isEmpty()).isTrue();
        assertThat(WriteBatch.decided(0).isEmpty()).isFalse();
        assertThat(WriteBatch.entries(new LogWrite(1, List.of())).isEmpty()).isFalse();
    }

    @Test
    void nothingIsDecidedBeyondTheLogAndNothingAcceptedAboveThePromise() {
        assertThatThrownBy(() -> new DurableState(LOW, LOW, 3, 4, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("decided index 4")
                .hasMessageContaining("3 entries");
        assertThatThrownBy(() -> new DurableState(LOW, HIGH, 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(HIGH.toString());
    }

    @Test
    void entriesAreNumberedFromOneAndHaveNoGaps() {
        LogWrite write = new LogWrite(3, List.of(entry(3)));

        assertThatThrownBy(() -> new LogWrite(0, List.of())).hasMessageContaining("not 0");
        assertThatThrownBy(() -> write.then(new LogWrite(5, List.of()))).hasMessageContaining("gap");
        assertThat(write.lastIndex()).isEqualTo(3);
        assertThat(new LogWrite(3, List.of()).lastIndex()).isEqualTo(2);
    }

    private static LogEntry entry(long sequence) {
        return new Command(new ProposalId(9, 1, sequence), 1, 0, new byte[0]);
    }
}
