package io.omnipaxos.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.omnipaxos.cluster.Ballot;
import io.omnipaxos.effect.ClockReading;
import io.omnipaxos.effect.Lease;
import org.junit.jupiter.api.Test;

class SuspendedLeaderTest {

    @Test
    void aMachineSuspendedForLessThanALeaseLeadsNoLongerThanItsLease() {
        Lease lease = new Lease(new Ballot(1, 1, 0, 1), 1, new ClockReading(0, 0), 500_000_000);

        // It ran for 100 ms, was suspended for 450 ms, which the monotonic clock does not show, and ran on for 50 ms.
        // Since 100 ms the followers are free to elect another.
        assertThat(lease.holdsAt(new ClockReading(150_000_000, 600))).isFalse();
    }
}
