package io.omnipaxos.effect;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import org.junit.jupiter.api.Test;

/** Line 5 of the lease: what {@code isLeader()} compares at the call. */
class LeaseTest {

    private static final long MILLI = 1_000_000;
    private static final long START = 40_000 * MILLI;
    private static final long WALL = 7_000_000;

    private final Lease lease = new Lease(new Ballot(1, 1, 0, 1), 4, new ClockReading(START, WALL), 500 * MILLI);

    @Test
    void line5_itHoldsUntilItsDurationHasPassedSinceTheSendAndNoLonger() {
        assertThat(lease.holdsAt(after(0, 0))).isTrue();
        assertThat(lease.holdsAt(new ClockReading(START + 500 * MILLI - 1, WALL + 499)))
                .isTrue();
        assertThat(lease.holdsAt(after(500, 500))).isFalse();
        assertThat(lease.holdsAt(after(501, 501))).isFalse();
    }

    @Test
    void line5_aWallClockThatJumpedForwardByMoreThanTheLeaseEndsIt() {
        assertThat(lease.holdsAt(after(100, 100 + 500))).isTrue();
        assertThat(lease.holdsAt(after(100, 100 + 501))).isFalse();
    }

    @Test
    void line5_aWallClockThatJumpedBackByMoreThanTheLeaseEndsIt() {
        assertThat(lease.holdsAt(after(100, 100 - 500))).isTrue();
        assertThat(lease.holdsAt(after(100, 100 - 501))).isFalse();
    }

    @Test
    void line5_aMachineThatWasSuspendedForHoursDoesNotLead() {
        assertThat(lease.holdsAt(after(1, 3 * 3_600_000))).isFalse();
    }

    @Test
    void anAbsurdWallClockDoesNotOverflowIntoALease() {
        assertThat(lease.holdsAt(new ClockReading(START, 0))).isFalse();
        assertThat(lease.holdsAt(new ClockReading(START, WALL + 4_000L * 365 * 86_400_000)))
                .isFalse();
        assertThat(lease.holdsAt(new ClockReading(START, Long.MAX_VALUE))).isFalse();
    }

    @Test
    void aMonotonicClockMayHaveAnyOriginAndRunOver() {
        Lease late = new Lease(lease.ballot(), 4, new ClockReading(Long.MAX_VALUE - 10, WALL), 500 * MILLI);

        assertThat(late.holdsAt(new ClockReading(Long.MIN_VALUE + 100, WALL))).isTrue();
        assertThat(late.holdsAt(new ClockReading(Long.MIN_VALUE + 600 * MILLI, WALL + 600)))
                .isFalse();
    }

    @Test
    void whatRemainsIsNeverNegative() {
        assertThat(lease.remainingNanos(after(100, 100))).isEqualTo(400 * MILLI);
        assertThat(lease.remainingNanos(after(900, 900))).isZero();
        assertThat(lease.remainingNanos(after(100, 9_000))).isZero();
    }

    private static ClockReading after(long millis, long wallMillis) {
        return new ClockReading(START + millis * MILLI, WALL + wallMillis);
    }
}
