package io.omnipaxos.sample.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.sample.FakeMap;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettlementBookTests {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private final SettlementBook book = new SettlementBook(
            new FakeMap<>(), new FakeMap<>(), new SettlementProperties(Duration.ZERO, Duration.ZERO, 3));

    @Test
    void anEmptyBookBeginsBeforeTheFirst() {
        assertThat(book.last()).isZero();
        assertThat(book.between(1, 0)).isEmpty();
    }

    @Test
    void whatIsRecordedIsFound() {
        Settlement settlement = new Settlement(1, 2, 7, AT);

        assertThat(book.record(settlement)).isTrue();
        book.advanceTo(1);

        assertThat(book.find(1)).contains(settlement);
        assertThat(book.last()).isEqualTo(1);
    }

    @Test
    void aNumberIsRecordedOnce() {
        book.record(new Settlement(1, 2, 7, AT));

        assertThat(book.record(new Settlement(1, 3, 9, AT))).isFalse();

        assertThat(book.find(1))
                .hasValueSatisfying(found -> assertThat(found.pid()).isEqualTo(2));
    }

    @Test
    void lastNeverJumps() {
        book.advanceTo(1);
        book.advanceTo(3);

        assertThat(book.last()).isEqualTo(1);
    }

    @Test
    void onlyTheHistoryIsRemembered() {
        for (long number = 1; number <= 5; number++) {
            book.record(new Settlement(number, 1, 1, AT));
            book.advanceTo(number);
        }

        assertThat(book.between(1, 5)).extracting(Settlement::number).containsExactly(3L, 4L, 5L);
    }
}
